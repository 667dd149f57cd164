/** Has every claim shown by messages, and every fixture that is refused explained by a claim. */
import type { Json } from "../emit/fixtures/sample.js";
import { DIRECTIONS, worse } from "./result.js";
import type { Direction, Doubt, Judgement, Proof } from "./result.js";
import { HOPS, MADE, PASSAGES, readerOf, writerOf } from "./claim.js";
import type { Claim, Shown, Sides } from "./claim.js";
import { exchanged } from "./side.js";
import type { Reading, Side } from "./side.js";
import { holds, said, sweep } from "./sweep.js";
import type { Found } from "./table.js";

export interface Proved {
  readonly verdicts: Readonly<Record<Direction, Judgement>>;
  readonly doubts: readonly Doubt[];
}

/** How many messages a judgement names. */
const NAMED = 3;

export interface Prover {
  prove(found: Found): Proved;
  /** What fixtures show that no claim of these says. */
  sweep(all: readonly Found[]): Doubt[];
  /** How many messages were made for a change, and how many fixtures were read. */
  runs(): { readonly fixtures: number; readonly derived: number };
}

export function createProver(sides: Sides): Prover {
  const readings = new Map<Side, Map<Json, Reading>>([
    [sides.old, new Map()],
    [sides.new, new Map()],
  ]);
  let derived = 0;
  let fixtures = 0;

  /** Each message is read once by each side, but those that say the version as it was written. */
  const read = (reader: Side, { message, asWritten = false, id }: Shown): Reading => {
    const known = asWritten ? undefined : readings.get(reader);
    const found = known?.get(message);
    if (found !== undefined) return found;
    if (id.startsWith(MADE)) derived += 1;
    else fixtures += 1;
    const reading = reader.read(asWritten ? message : exchanged(message, reader));
    known?.set(message, reading);
    return reading;
  };

  /** What its writer would not send says nothing about its reader. */
  const isSent = (from: Side, { id, message }: Shown): boolean =>
    !id.startsWith(MADE) || from.read(message).outcome !== "refused";

  const tried = (claim: Claim): { shown: Shown[]; against: string[] } => {
    const [writer, reader] = [writerOf(sides, claim.hop), readerOf(sides, claim.hop)];
    const shown: Shown[] = [];
    const against: string[] = [];
    for (const it of claim.shows) {
      const [from, to] = it.back === true ? [reader, writer] : [writer, reader];
      if (!isSent(from, it)) continue;
      const reading = read(to, it);
      shown.push(it);
      if (!holds(it, reading)) against.push(`${it.id} was ${said(it, reading)}, not ${it.want}`);
    }
    return { shown, against };
  };

  /** Whether a break is one of some messages only. */
  const passes = ({ hop, others = [] }: Claim): boolean =>
    others.some(
      (it) =>
        isSent(writerOf(sides, hop), it) &&
        holds({ ...it, want: "taken" }, read(readerOf(sides, hop), it)),
    );
  /** A break of all messages is worse than one of some, and one of a whole shape than one of a bound. */
  const order = (a: Claim, b: Claim): number =>
    worse(a.verdict, b.verdict) ||
    (a.verdict === "breaks"
      ? Number(passes(b)) - Number(passes(a)) || Number(a.whole === true) - Number(b.whole === true)
      : 0);

  const judge = (found: Found, direction: Direction): [Judgement, Doubt[]] => {
    if (found.undecided !== undefined) {
      const judgement = { verdict: "undecided", reason: found.undecided, also: [] } as const;
      return [{ ...judgement, some: false, proof: { by: "table" } }, []];
    }
    const claims = found.claims.filter(({ hop, lane }) =>
      PASSAGES[direction].some((it) => it.hop === hop && it.lane === lane),
    );
    if (claims.length === 0) {
      const reason = "nothing that is sent bears it";
      return [{ verdict: "works", reason, also: [], some: false, proof: { by: "absence" } }, []];
    }
    const of = `${found.subject} ${found.name}`;
    const doubts: Doubt[] = [];
    const [worst, ...rest] = claims.toSorted((a, b) => order(b, a)) as [Claim, ...Claim[]];
    const shown: Shown[] = [];
    for (const claim of claims) {
      const result = tried(claim);
      const says = `"${claim.verdict}: ${claim.reason}"`;
      if (claim.verdict === worst.verdict) shown.push(...result.shown);
      for (const it of result.against) {
        doubts.push({ doubt: "contradicted", of, direction, message: `${says}, but ${it}` });
      }
      if (result.shown.length === 0 && claim.table !== true) {
        const message = `no message shows ${says}`;
        doubts.push({ doubt: "unexercised", of, direction, message });
      }
    }
    const ids = [...new Set(shown.map(({ id }) => id))];
    const count = new Set(shown.map(({ message }) => message)).size;
    const proof: Proof =
      count === 0 ? { by: "table" } : { by: "messages", count, ids: ids.slice(0, NAMED) };
    const { verdict } = worst;
    const told = verdict === "works" ? [] : rest.filter((it) => it.verdict === verdict);
    const some = verdict === "breaks" && passes(worst);
    const reasons = new Map<string, string>();
    for (const it of [worst, ...told]) {
      if (reasons.has(it.reason)) continue;
      const fewer = verdict === "breaks" && !some && passes(it) ? ", of some messages" : "";
      reasons.set(it.reason, `${it.reason}${placesOf(claims, it)}${fewer}`);
    }
    const [reason = "", ...also] = reasons.values();
    return [{ verdict, reason, also, some, proof }, doubts];
  };

  return {
    prove: (found) => {
      const judged = DIRECTIONS.map((it) => [it, judge(found, it)] as const);
      return {
        verdicts: Object.fromEntries(
          judged.map(([direction, [judgement]]) => [direction, judgement]),
        ) as Record<Direction, Judgement>,
        doubts: unique(judged.flatMap(([, [, doubts]]) => doubts)),
      };
    },
    sweep: (all) => HOPS.flatMap((hop) => sweep(sides, hop, all, read)),
    runs: () => ({ fixtures, derived }),
  };
}

/** Most messages that a reason names. */
const MOST = 3;

/** Of a named type: the messages in which it comes to that. */
function placesOf(claims: readonly Claim[], { verdict, reason }: Claim): string {
  const alike = claims.filter((it) => it.verdict === verdict && it.reason === reason);
  const all = [...new Set(alike.flatMap(({ where = [] }) => where))];
  if (all.length === 0) return "";
  const named = all.slice(0, MOST).map((it) => `\`${it}\``);
  const more = all.length > MOST ? ` and ${all.length - MOST} more` : "";
  return `, in ${named.join(", ")}${more}`;
}

function unique(doubts: readonly Doubt[]): Doubt[] {
  return [...new Map(doubts.map((it) => [JSON.stringify(it), it])).values()];
}
