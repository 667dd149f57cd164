/** The report of a run: everything that was found, for machines. Secrets are gone before anything gets here. */
import { createHash } from "node:crypto";
import { DRAFT } from "../../generated/current/constants.js";
import { requirements } from "../../generated/current/requirements.js";
import { excluded, type Exclusion, type ExclusionReason } from "../checks/excluded.js";
import { clientExcluded } from "../clients/excluded.js";
import { redact } from "../peer/log.js";
import type { CheckDefinition, Side } from "../run/check.js";
import type { Dialect } from "../run/preflight.js";
import { secretsOf, type Carrier, type Target } from "../run/target.js";
import type { Conclusion, Result, Verdict } from "../run/verdict.js";
import { suiteClient } from "../peer/session.js";

/** The form of `report.json`; `report/schema.ts` says the same as JSON Schema. */
export interface Report {
  /** What was under test. */
  readonly side: Side;
  readonly suite: {
    readonly name: string;
    readonly version: string;
    readonly revision: string;
    readonly digest: string;
  };
  readonly startedAt: string;
  readonly ms: number;
  readonly seed: string;
  readonly timeScale: number;
  /** The runtime's address, or `stdio:` and the command, without secrets. */
  readonly url?: string;
  /** What carried the messages to the runtime. */
  readonly carrier?: Carrier;
  /** The command of the client's driver. */
  readonly command?: string;
  readonly implementation: {
    readonly name: string;
    readonly version: string;
    readonly features: readonly string[];
    readonly agents: readonly string[];
  };
  /** Of a runtime. */
  readonly dialect?: Dialect;
  readonly result: Conclusion & { readonly counts: Readonly<Record<string, number>> };
  readonly checks: readonly Omit<Result, "check">[];
  readonly requirements: Coverage;
  /** The last word: a report without it was cut off. */
  readonly complete: true;
}

/** Which requirements this run speaks for, and for which it does not. */
interface Coverage {
  /** Requirements that bind what was under test. */
  readonly all: number;
  /** Those that at least one check of this run has decided. */
  readonly covered: number;
  /** Those that only concern features which the runtime does not advertise. */
  readonly notApplicable: number;
  /** Requirement → verdicts of its checks, those that were not run too. */
  readonly verdicts: Readonly<Record<string, readonly Verdict[]>>;
  /** Those that no check speaks for, for a reason: how many for each. */
  readonly excluded: Readonly<Record<ExclusionReason, number>>;
  /** The rest, those with MUST first: no check of this run speaks for them, or none came to an end. */
  readonly uncovered: readonly string[];
  readonly uncoveredMust: number;
}

/** Says of which checks a suite consists; equal digests mean equal suites. */
function digestOf(checks: readonly (CheckDefinition & { readonly run?: unknown })[]): string {
  const definitions = checks.map(({ run: _, ...definition }) => definition);
  return createHash("sha256").update(JSON.stringify(definitions)).digest("hex").slice(0, 16);
}

/** The verdicts of a check that has come to an end. */
const decided: readonly Verdict[] = ["pass", "pass-nonstrict", "fail"];

function onlyNotApplicable(verdicts: readonly Verdict[] | undefined): boolean {
  return verdicts?.every((verdict) => verdict === "not-applicable") === true;
}

function countExcluded(
  ids: readonly string[],
  excluded: ReadonlyMap<string, Exclusion>,
): Record<ExclusionReason, number> {
  const counts = { permits: 0, inside: 0, operation: 0, elsewhere: 0, control: 0, "not-served": 0 };
  for (const id of ids) {
    const exclusion = excluded.get(id);
    if (exclusion !== undefined) counts[exclusion.reason] += 1;
  }
  return counts;
}

/** The requirements of one side about which nothing is asked, with the reason. */
export function excludedOf(side: Side): ReadonlyMap<string, Exclusion> {
  return side === "client" ? clientExcluded : excluded;
}

/** Counts what is covered of what binds one side: its own requirements, and those of both peers. */
function coverage(results: readonly Pick<Result, "check" | "verdict">[], side: Side): Coverage {
  const excluded = excludedOf(side);
  const verdicts: Record<string, Verdict[]> = {};
  for (const { check, verdict } of results) {
    for (const id of check.requirements) (verdicts[id] ??= []).push(verdict);
  }
  const bind = Object.entries(requirements).filter(([, r]) => r.side === side || r.side === "both");
  const has = (id: string, words: readonly Verdict[]) =>
    verdicts[id]?.some((verdict) => words.includes(verdict)) === true;
  const covered = bind.filter(([id]) => has(id, decided));
  const open = bind.filter(([id]) => !has(id, decided));
  const asked = open.filter(([id]) => !excluded.has(id));
  const uncovered = asked.filter(([id]) => !onlyNotApplicable(verdicts[id]));
  const must = uncovered.filter(([, r]) => r.level.startsWith("MUST")).map(([id]) => id);
  const rest = uncovered.filter(([, r]) => !r.level.startsWith("MUST")).map(([id]) => id);
  return {
    all: bind.length,
    covered: covered.length,
    notApplicable: asked.length - uncovered.length,
    excluded: countExcluded(
      open.map(([id]) => id),
      excluded,
    ),
    verdicts,
    uncovered: [...must, ...rest],
    uncoveredMust: must.length,
  };
}

/** Puts the report together. */
export function buildReport(facts: {
  readonly side: Side;
  readonly checks: readonly CheckDefinition[];
  readonly results: readonly Result[];
  readonly conclusion: Conclusion;
  readonly target: Pick<Target, "seed" | "timeScale">;
  readonly implementation: Report["implementation"];
  readonly url?: string;
  readonly carrier?: Carrier;
  readonly command?: string;
  readonly dialect?: Dialect;
  readonly startedAt: Date;
  readonly ms: number;
}): Report {
  const { side, results, target, url, carrier, command, dialect } = facts;
  const counts: Record<string, number> = {};
  for (const { verdict } of results) counts[verdict] = (counts[verdict] ?? 0) + 1;
  return {
    side,
    suite: { ...suiteClient, revision: DRAFT, digest: digestOf(facts.checks) },
    startedAt: facts.startedAt.toISOString(),
    ms: facts.ms,
    seed: target.seed,
    timeScale: target.timeScale,
    ...(url === undefined ? {} : { url }),
    ...(carrier === undefined ? {} : { carrier }),
    ...(command === undefined ? {} : { command }),
    implementation: facts.implementation,
    ...(dialect === undefined ? {} : { dialect }),
    result: { ...facts.conclusion, counts },
    checks: results.map(({ check: _, ...result }) => result),
    requirements: coverage(results, side),
    complete: true,
  };
}

/** The address, or the command, without what may be secret in it. */
export function addressOf(target: Target): string {
  const { carrier, address } = target;
  if (carrier === "stdio") return `stdio:${redact(address, secretsOf(target))}`;
  const { protocol, host, pathname } = new URL(address);
  return `${protocol}//${host}${pathname}`;
}
