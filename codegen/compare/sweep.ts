/** Whether a message came out as was said, and fixtures that came out as nobody said. */
import type { Json } from "../emit/fixtures/sample.js";
import { pointerKeys } from "../parse/json.js";
import { readerOf, writerOf } from "./claim.js";
import type { Claim, Shown, Sides } from "./claim.js";
import type { Doubt } from "./result.js";
import type { Reading, Side } from "./side.js";
import type { Found } from "./table.js";

/** Whether a reading is what a claim wants. */
export function holds({ want, at }: Shown, { outcome, failures }: Reading): boolean {
  if (want === "unknown") return outcome === "unknown";
  const there = failures.some(({ pointer }) => startsWith(pointerKeys(pointer), at));
  return want === "refused" ? there : !there;
}

/** What became of a message, at its place if anything did. */
export function said({ at }: Shown, { outcome, failures }: Reading): string {
  const there = failures.find(({ pointer }) => startsWith(pointerKeys(pointer), at));
  const first = there ?? failures[0];
  if (first === undefined) return outcome === "known" ? "taken" : outcome;
  return `refused at "${first.pointer}" by ${first.keyword}`;
}

/** Whether a pointer leads to a place or below it. */
function startsWith(pointer: readonly string[], place: readonly string[]): boolean {
  return place.every(
    (name, index) => pointer[index] === name || (name === "*" && index < pointer.length),
  );
}

/** Fixtures that the other side refuses, or does not know, where no claim of a break or of a strange type covers it. */
export function sweep(
  sides: Sides,
  hop: Claim["hop"],
  all: readonly Found[],
  read: (reader: Side, shown: Shown) => Reading,
): Doubt[] {
  const [writer, reader] = [writerOf(sides, hop), readerOf(sides, hop)];
  const shows = all
    .flatMap(({ claims }) => claims)
    .filter((it) => it.hop === hop)
    .flatMap((claim) => claim.shows.filter(({ back }) => back !== true));
  const refusals = new Map<unknown, (readonly string[])[]>();
  for (const { want, at, message } of shows) {
    if (want !== "refused") continue;
    const own = refusals.get(message["type"]) ?? [];
    own.push(at);
    refusals.set(message["type"], own);
  }
  // Of a type that nobody knows only the envelope is read.
  const around = shows
    .filter(({ want, at }) => want === "refused" && at[0] !== "payload")
    .map(({ at }) => at);
  const strange = new Set(
    shows.filter(({ want }) => want === "unknown").map(({ message }) => message["type"]),
  );
  return writer.fixtures.flatMap(({ id, value }): Doubt[] => {
    const message = value as Json;
    const type = String(message["type"]);
    const reading = read(reader, { id, message, want: "taken", at: [] });
    const doubt = (text: string): Doubt[] => [
      { doubt: "unexplained", of: id, direction: undefined, message: text },
    ];
    if (writer.message(type) !== undefined && reading.outcome === "unknown" && !strange.has(type)) {
      return doubt(`${type} is unknown to ${reader.model.revision}, and no change says so`);
    }
    const places = refusals.get(type) ?? around;
    for (const { pointer, keyword } of reading.failures) {
      const keys = pointerKeys(pointer);
      // Of a choice also what stands around the place is said to be wrong.
      const explained = places.some((it) => startsWith(keys, it) || startsWith(it, keys));
      if (explained) continue;
      return doubt(
        `${reader.model.revision} refuses it at "${pointer}" by ${keyword}, and no change says so`,
      );
    }
    return [];
  });
}
