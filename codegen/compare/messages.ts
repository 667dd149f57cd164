/** Message types and event kinds that came, went, or are said of otherwise in their tables. */
import type { JsonSchema } from "../model/schema.js";
import { EVENT } from "../emit/declared.js";
import type { EventKind, Message } from "../model/types.js";
import { likeness, nameLikeness } from "./alike.js";
import { HOPS, fixturesOf, lanesOf, readerName, readerOf, writerName, writerOf } from "./claim.js";
import type { Claim, Hop, Shown, Sides } from "./claim.js";
import { repliesOf, rowClaims } from "./claims-rows.js";
import { fieldsOf } from "./made-of.js";
import { detailsOf, tableChanges } from "./table.js";
import type { Found } from "./table.js";

const ARROWS = {
  "client-to-runtime": "C → R",
  "runtime-to-client": "R → C",
  both: "both",
} as const;

export function messageChanges(sides: Sides): Found[] {
  return tableChanges(sides.old.model.messages, sides.new.model.messages, {
    subject: "message",
    nameOf: ({ type }) => type,
    near: (a, b) =>
      a.direction === b.direction && a.job === b.job && a.seq === b.seq && sameForm(a, b)
        ? Math.max(nameLikeness(a.type, b.type), likeness(a.meaning, b.meaning))
        : 0,
    details: aspects,
    meaning: ({ meaning }) => meaning,
    fields: ({ schema }, of) => fieldsOf(sides[of], schema.schema),
    about,
    claims: (before, after, how) =>
      how === "changed"
        ? rowClaims(sides, after?.type ?? "")
        : [
            ...(before === undefined ? [] : strange(sides, before, "toNew")),
            ...(after === undefined ? [] : strange(sides, after, "toOld")),
          ],
  });
}

function aspects(a: Message, b: Message) {
  return detailsOf([
    ["direction", ARROWS[a.direction], ARROWS[b.direction]],
    ["feature", a.feature, b.feature],
    ["job", a.job, b.job],
    ["seq", a.seq, b.seq],
    ["replies", a.replies, b.replies],
  ]);
}

function about({ direction, feature, replies }: Message): string {
  const by = replies.length === 0 ? "" : `, answered by ${replies.join(" or ")}`;
  return `${ARROWS[direction]}${feature === undefined ? "" : `, feature ${feature}`}${by}`;
}

/** The same members of the same form, at least one. */
function sameForm(one: Message, other: Message): boolean {
  const [a, b] = [one.schema.schema, other.schema.schema].map(form);
  return a === b && Object.keys(one.schema.schema.properties ?? {}).length > 0;
}

function form({ properties = {}, required = [] }: JsonSchema): string {
  const plain = (schema: JsonSchema) => ({ ...schema, description: undefined });
  const members = Object.entries(properties).map(([name, it]) => [name, plain(it)] as const);
  return JSON.stringify([members.sort(([a], [b]) => (a < b ? -1 : 1)), [...required].sort()]);
}

/** A message of a type that its reader does not have. */
function strange(sides: Sides, row: Message, hop: Hop): Claim[] {
  const [writer, reader] = [writerOf(sides, hop), readerOf(sides, hop)];
  const [them, us] = [readerName(hop), writerName(hop)];
  const shows = fixturesOf(writer, row.type, undefined).map((it): Shown => ({
    ...it,
    want: "unknown",
  }));
  return lanesOf(writer, row.type).map((lane): Claim => {
    const { feature } = row;
    if (feature !== undefined && !reader.hasFlag(feature) && lane !== "stored") {
      const reason = `sent only where \`${feature}\` is agreed on, which ${them} does not have`;
      return { hop, lane, verdict: "works", reason, shows };
    }
    const replies = lane === "stored" ? [] : repliesOf(writer, row.type, lane);
    if (replies.length > 0) {
      const reason = `${them} does not know it, and ${us} waits for ${replies.join(" or ")}`;
      return { hop, lane, verdict: "breaks", reason, shows };
    }
    return { hop, lane, verdict: "degrades", reason: `${them} does not know it`, shows };
  });
}

export function kindChanges(sides: Sides): Found[] {
  const form = ({ schema }: EventKind): string =>
    Object.keys(schema.schema.properties ?? {})
      .sort()
      .join();
  return tableChanges(sides.old.model.kinds, sides.new.model.kinds, {
    subject: "kind",
    nameOf: ({ kind }) => kind,
    near: (a, b) =>
      form(a) === form(b)
        ? Math.max(nameLikeness(a.kind, b.kind), likeness(a.meaning, b.meaning))
        : 0,
    details: (a, b) => detailsOf([["feature", a.feature, b.feature]]),
    meaning: ({ meaning }) => meaning,
    fields: ({ schema }, of) => fieldsOf(sides[of], schema.schema),
    about: ({ feature }) => (feature === undefined ? "" : `feature ${feature}`),
    claims: (before, after, how) =>
      HOPS.flatMap((hop) => {
        const row = hop === "toNew" ? before : after;
        return row === undefined ? [] : kindClaims(sides, row, hop, how === "changed");
      }),
  });
}

/** Events of a kind: one that the reader does not have, or has behind another flag. */
function kindClaims(sides: Sides, row: EventKind, hop: Hop, known: boolean): Claim[] {
  const [writer, reader] = [writerOf(sides, hop), readerOf(sides, hop)];
  const them = readerName(hop);
  const shows = fixturesOf(writer, EVENT, row.kind).map((it) => ({ ...it, at: ["payload"] }));
  const { feature } = row;
  return lanesOf(writer, EVENT).map((lane): Claim => {
    if (feature !== undefined && !reader.hasFlag(feature) && lane !== "stored") {
      const reason = `sent only where \`${feature}\` is agreed on, which ${them} does not have`;
      return { hop, lane, verdict: "works", reason, shows };
    }
    if (known) return { hop, lane, verdict: "works", reason: `${them} knows the kind`, shows };
    const reason = `${them} takes the event, and does not know its kind`;
    return { hop, lane, verdict: "degrades", reason, shows };
  });
}
