/** What it means that a place in a message has come, gone or changed. */
import type { JsonSchema } from "../model/schema.js";
import { fixturesOf, hasPlace, lanesOf, readerName, readerOf, writerName, writerOf } from "./claim.js";
import type { Claim, Hop, Lane, Shown, Sides } from "./claim.js";
import { gaps } from "./narrow.js";
import { keyOf } from "./places.js";
import type { Half, Place } from "./places.js";
import type { Side } from "./side.js";

/** Claims of one place in one hop: what its writer may put there, and what its reader makes of that. */
export function placeClaims(sides: Sides, place: Place, hop: Hop): Claim[] {
  const [writer, reader] = [writerOf(sides, hop), readerOf(sides, hop)];
  const [w, r] = hop === "toNew" ? [place.old, place.new] : [place.new, place.old];
  const said = meaning(sides, place, hop, w, r);
  return lanesOfPlace(writer, place).flatMap((lane) =>
    said.map((it) => {
      const flag = w !== undefined && r === undefined ? gate(writer, place, w) : undefined;
      if (flag === undefined || reader.hasFlag(flag) || lane === "stored") {
        return { hop, lane, ...it };
      }
      const reason = `sent only where \`${flag}\` is agreed on, which ${readerName(hop)} does not have`;
      return { hop, lane, verdict: "works" as const, reason, shows: it.shows };
    }),
  );
}

type Meaning = Omit<Claim, "hop" | "lane">;

function meaning(
  sides: Sides,
  place: Place,
  hop: Hop,
  w: Half | undefined,
  r: Half | undefined,
): Meaning[] {
  const writer = writerOf(sides, hop);
  const at = place.pointer;
  const key = keyOf(place);
  const [them, us] = [readerName(hop), writerName(hop)];
  const made = (half: Half, value: unknown, want: Shown["want"], where = at): Shown => ({
    id: `made:${key}`,
    message: half.put(value),
    want,
    at: where,
  });
  const fixtures = fixturesOf(writer, place.type ?? "", place.kind);
  const bearing = (): Shown[] =>
    fixtures.filter(({ message }) => hasPlace(message, at)).map((it) => ({ ...it, at }));
  const gapsOf = (from: JsonSchema, to: JsonSchema): Meaning[] =>
    gaps(writer, readerOf(sides, hop), from, to).map((gap) => ({
      verdict: "breaks",
      edge: gap.edge,
      reason: `${them} ${gap.text}`,
      shows: gap.values.map((value) => made(w!, value, "refused", [...at, ...gap.below])),
    }));

  if (w === undefined && r !== undefined) {
    const without = fixtures.map((it) => ({ ...it, at }));
    if (r.required) {
      const shows = without
        .filter(({ message }) => hasPlace(message, at.slice(0, -1)))
        .map((it) => ({ ...it, want: "refused" as const }));
      return [{ verdict: "breaks", reason: `${them} refuses to be without it`, shows }];
    }
    return [{ verdict: "works", reason: `${them} can be without it`, shows: without }];
  }
  if (w === undefined) return [];
  if (r === undefined) {
    const value = writer.sample(w.schema, at.at(-1) ?? "");
    const rest = hop === "toNew" ? place.newRest : place.oldRest;
    if (rest === false) {
      const shows = [made(w, value, "refused", at.slice(0, -1))];
      return [{ verdict: "breaks", reason: `${them} refuses members that it does not know`, shows }];
    }
    const refused = rest === true ? [] : gapsOf(w.schema, rest);
    if (refused.length > 0) return refused;
    const shows = [...bearing(), made(w, value, "taken")];
    return [{ verdict: "degrades", reason: `${them} ignores it`, shows }];
  }

  const found: Meaning[] = [];
  if (!w.required && r.required) {
    const shows: Shown[] = [{ id: `made:${key}`, message: w.absent(), want: "refused", at }];
    found.push({
      verdict: "breaks",
      reason: `${us} may leave it out, which ${them} refuses`,
      shows,
    });
  }
  found.push(...gapsOf(w.schema, r.schema));
  if (found.length > 0) return found;
  const value = writer.sample(w.schema, at.at(-1) ?? "");
  const reason = `${them} takes all that ${us} may write`;
  return [{ verdict: "works", reason, shows: [...bearing(), made(w, value, "taken")] }];
}

/** Only messages of a job name one, and only numbered ones have a number, whatever the envelope would take. */
function lanesOfPlace(writer: Side, { owner, path, type }: Place): Lane[] {
  if (type === undefined) return [];
  const row = writer.message(type);
  if (owner === "Envelope" && path[0] === "event_seq" && row?.seq !== true) return [];
  if (owner === "Envelope" && path[0] === "job_id" && row?.job !== true) return [];
  return lanesOf(writer, type);
}

/** The flag that a field is gated by: it, what it stands in, or all that it holds. */
function gate(writer: Side, { owner, path }: Place, half: Half): string | undefined {
  const gated = (way: readonly string[]): string | undefined =>
    writer.model.features.find(({ gates }) =>
      gates.some(
        (it) =>
          it.kind === "field" && it.name === owner && it.path.every((name, i) => way[i] === name),
      ),
    )?.flag;
  const own = gated(path);
  if (own !== undefined) return own;
  const { properties }: JsonSchema = writer.resolve(half.schema);
  const flags = Object.keys(properties ?? {}).map((name) => gated([...path, name]));
  const [first] = flags;
  return first !== undefined && flags.every((flag) => flag === first) ? first : undefined;
}
