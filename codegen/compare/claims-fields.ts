/** What it means that a place in a message has come, gone or changed. */
import { jobIn } from "../emit/declared.js";
import type { JsonSchema } from "../model/schema.js";
import {
  MADE,
  fixturesOf,
  lanesOf,
  readerName,
  readerOf,
  valuesAt,
  writerName,
  writerOf,
} from "./claim.js";
import type { Claim, Hop, Lane, Shown, Sides } from "./claim.js";
import { branches, gaps } from "./narrow.js";
import { keyOf } from "./places.js";
import type { Half, Place } from "./places.js";
import type { Side } from "./side.js";

/** Claims of one place in one hop: what its writer may put there, and what its reader makes of that. */
export function placeClaims(sides: Sides, place: Place, hop: Hop): Claim[] {
  const [writer, reader] = [writerOf(sides, hop), readerOf(sides, hop)];
  const [w, r] = hop === "toNew" ? [place.old, place.new] : [place.new, place.old];
  const where = place.kind ?? place.type;
  const at = { hop, ...(where === undefined || where === place.owner ? {} : { where }) };
  const said = meanings(sides, place, hop, w, r);
  const flag = w !== undefined && r === undefined ? gate(writer, place, w) : undefined;
  return lanesOfPlace(writer, place).flatMap((lane) =>
    said.map((it): Claim => {
      if (flag === undefined || reader.hasFlag(flag) || lane === "stored") {
        return { ...at, lane, ...it };
      }
      const reason = `sent only where \`${flag}\` is agreed on, which ${readerName(hop)} does not have`;
      return { ...at, lane, verdict: "works", reason, shows: it.shows };
    }),
  );
}

type Meaning = Omit<Claim, "hop" | "lane" | "where">;

function meanings(
  sides: Sides,
  place: Place,
  hop: Hop,
  w: Half | undefined,
  r: Half | undefined,
): Meaning[] {
  const [writer, reader] = [writerOf(sides, hop), readerOf(sides, hop)];
  const [them, us] = [readerName(hop), writerName(hop)];
  const at = place.pointer;
  const fixtures = fixturesOf(writer, place.type ?? "", place.kind).map((it) => ({ ...it, at }));
  if (w === undefined) return r === undefined ? [] : [without(fixtures, at, r.required, them)];

  const made = (message: Shown["message"], want: Shown["want"], where = at): Shown => ({
    id: `${MADE}${keyOf(place)}`,
    message,
    want,
    at: where,
  });
  const bearing = fixtures.filter(({ message }) => {
    const values = valuesAt(message, at);
    return values.length > 0 && values.every((value) => isOf(writer, w.schema, value));
  });
  const plain = made(w.put(writer.sample(w.schema, at.at(-1) ?? "")), "taken");
  const refusals = (to: JsonSchema): Meaning[] =>
    gaps(writer, reader, w.schema, to).map((gap) => ({
      verdict: "breaks",
      reason: `${them} ${gap.text}`,
      whole: gap.whole,
      shows: gap.values.map((value) => made(w.put(value), "refused", [...at, ...gap.below])),
      others: [...bearing, plain, made(w.put(reader.sample(to, at.at(-1) ?? "")), "taken")],
    }));

  if (r === undefined) {
    const rest = hop === "toNew" ? place.newRest : place.oldRest;
    const refused = rest === undefined ? [] : refusals(rest);
    if (refused.length > 0) return refused;
    if (namesJob(sides, place, hop)) {
      const reason = `${us} may name the job in the payload alone, where ${them} does not look`;
      const shows = [made(plain.message, "refused", ["job_id"])];
      return [{ verdict: "breaks", reason, shows, others: fixtures.map(namedByEnvelope) }];
    }
    const shows = [...bearing, plain];
    return [{ verdict: "degrades", reason: `${them} ignores it`, shows }];
  }

  const found: Meaning[] = refusals(r.schema);
  if (!w.required && r.required) {
    const reason = `${us} may leave it out, which ${them} refuses`;
    found.push({
      verdict: "breaks",
      reason,
      whole: true,
      shows: [made(w.absent(), "refused")],
      others: [...bearing, plain],
    });
  }
  if (found.length > 0) return found;
  const reason = `${them} takes all that ${us} may write`;
  return [{ verdict: "works", reason, shows: [...bearing, plain] }];
}

/** What only the reader has: its writer does not send it, but as a member that nobody described. */
function without(
  fixtures: readonly Shown[],
  at: readonly string[],
  required: boolean,
  them: string,
): Meaning {
  const shows = fixtures.filter(({ message }) => valuesAt(message, at).length === 0);
  if (!required) return { verdict: "works", reason: `${them} can be without it`, shows };
  const refused = shows
    .filter(({ message }) => valuesAt(message, at.slice(0, -1)).length > 0)
    .map((it): Shown => ({ ...it, want: "refused" }));
  return { verdict: "breaks", reason: `${them} refuses to be without it`, shows: refused };
}

/** Whether a value is of a type that the schema has: of a choice the fixture may show another branch. */
function isOf(writer: Side, schema: JsonSchema, value: unknown): boolean {
  const type = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  return branches(writer, schema).some(
    (it) =>
      it.schema.type === undefined ||
      it.schema.type === type ||
      (it.schema.type === "integer" && type === "number"),
  );
}

/** Whether the place is the name of the job in a payload, where the reader looks for it in the envelope alone. */
function namesJob(sides: Sides, { owner, path, type }: Place, hop: Hop): boolean {
  const row = type === undefined ? undefined : readerOf(sides, hop).message(type);
  if (owner !== type || path.join() !== "job_id" || row === undefined) return false;
  return jobIn(row) === "envelope" && writerOf(sides, hop).message(owner)?.job === true;
}

function namedByEnvelope(shown: Shown): Shown {
  return { ...shown, at: ["job_id"] };
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
  const { properties } = writer.resolve(half.schema);
  const flags = Object.keys(properties ?? {}).map((name) => gated([...path, name]));
  const [first] = flags;
  return first !== undefined && flags.every((flag) => flag === first) ? first : undefined;
}
