/** What it means that the row of a message, which both revisions have, says something else. */
import {
  HOPS,
  fixturesOf,
  lanesOf,
  readerName,
  readerOf,
  valuesAt,
  wayBack,
  writerName,
  writerOf,
} from "./claim.js";
import type { Claim, Hop, Lane, Shown, Sides } from "./claim.js";
import type { Side } from "./side.js";

type Meaning = Pick<Claim, "verdict" | "reason" | "shows" | "others" | "table">;

export function rowClaims(sides: Sides, type: string): Claim[] {
  return HOPS.flatMap((hop) =>
    lanesOf(writerOf(sides, hop), type).flatMap((lane) =>
      meanings(sides, type, hop, lane).map((it) => ({ hop, lane, ...it })),
    ),
  );
}

function meanings(sides: Sides, type: string, hop: Hop, lane: Lane): Meaning[] {
  const [writer, reader] = [writerOf(sides, hop), readerOf(sides, hop)];
  const [them, us] = [readerName(hop), writerName(hop)];
  const [w, r] = [writer.message(type), reader.message(type)];
  if (w === undefined || r === undefined) return [];
  const fixtures = fixturesOf(writer, type, undefined);
  const found: Meaning[] = [];
  const lacking = (name: string): void => {
    const bears = ({ message }: Shown): boolean =>
      [[name], ["payload", name]].some((place) => valuesAt(message, place).length > 0);
    const shows = fixtures
      .filter((it) => !bears(it))
      .map((it): Shown => ({ ...it, want: "refused", at: [name] }));
    const others = fixtures.filter(bears).map((it) => ({ ...it, at: [name] }));
    const reason = `${them} refuses it without \`${name}\``;
    found.push({ verdict: "breaks", reason, shows, others });
  };
  if (!w.job && r.job) lacking("job_id");
  if (!w.seq && r.seq) lacking("event_seq");
  if (lane !== "stored" && !lanesOf(reader, type).includes(lane)) {
    const reason = `${them} does not expect it from this side`;
    found.push({ verdict: "breaks", reason, shows: [], table: true });
  }
  if (lane !== "stored") found.push(...replyMeanings(sides, type, hop, lane));
  if (w.feature !== r.feature && r.feature !== undefined && lane !== "stored") {
    const reason = `${them} takes it only where \`${r.feature}\` is agreed on`;
    const agreed = reader.hasFlag(r.feature) && writer.hasFlag(r.feature);
    found.push({ verdict: agreed ? "degrades" : "breaks", reason, shows: [], table: true });
  }
  if (found.length > 0) return found;
  return [{ verdict: "works", reason: `${them} takes what ${us} sends`, shows: fixtures }];
}

/** The writer of a request waits for one of its own replies; its reader sends one of those that it knows. */
function replyMeanings(sides: Sides, type: string, hop: Hop, lane: Lane): Meaning[] {
  const [writer, reader] = [writerOf(sides, hop), readerOf(sides, hop)];
  const [them, us] = [readerName(hop), writerName(hop)];
  const wanted = repliesOf(writer, type, lane);
  const given = repliesOf(reader, type, lane);
  if (wanted.join() === given.join()) return [];
  const back = (types: readonly string[], want: Shown["want"]): Shown[] =>
    types
      .flatMap((it) => fixturesOf(reader, it, undefined))
      .map((it) => ({ ...it, want, back: true }));
  const asked = fixturesOf(writer, type, undefined).map((it) => ({ ...it, at: ["payload"] }));
  if (wanted.length > 0 && !wanted.some((it) => given.includes(it))) {
    const reason = `${us} waits for ${wanted.join(" or ")}, which ${them} does not answer with`;
    return [{ verdict: "breaks", reason, shows: asked }];
  }
  const strange = given.filter((it) => !wanted.includes(it));
  if (strange.length === 0) {
    return [{ verdict: "works", reason: `${them} answers with what ${us} knows`, shows: asked }];
  }
  const known = strange.filter((it) => writer.message(it) !== undefined);
  const unknown = strange.filter((it) => writer.message(it) === undefined);
  const shows = [...back(unknown, "unknown"), ...back(known, "taken")];
  const reason = `${them} answers with ${strange.join(" or ")}, which ${us} does not expect`;
  return [{ verdict: "degrades", reason, shows }];
}

/** The replies that a message in a lane can have: those that the other peer may send at all. */
export function repliesOf(by: Side, type: string, lane: Lane): string[] {
  const replies = by.message(type)?.replies ?? [];
  return replies.filter((it) => lanesOf(by, it).includes(wayBack(lane)));
}
