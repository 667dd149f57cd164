/** The report of a run: everything that was found, for machines. Secrets are gone before anything gets here. */
import { createHash } from "node:crypto";
import { requirements } from "../../generated/draft-1.1/requirements.js";
import { excluded, type ExclusionReason } from "../checks/excluded.js";
import { redact } from "../peer/log.js";
import type { Check } from "../run/check.js";
import type { Dialect } from "../run/preflight.js";
import { secretsOf, type Carrier, type Presented, type Target } from "../run/target.js";
import type { Conclusion, Result, Verdict } from "../run/verdict.js";
import { suiteClient } from "../peer/session.js";

/** The form of `report.json`; `report/schema.ts` says the same as JSON Schema. */
export interface Report {
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
  /** Its address, or `stdio:` and the command, without secrets. */
  readonly url: string;
  readonly carrier: Carrier;
  readonly implementation: {
    readonly name: string;
    readonly version: string;
    readonly features: readonly string[];
    readonly agents: readonly string[];
  };
  readonly dialect: Dialect;
  readonly result: Conclusion & { readonly counts: Readonly<Record<string, number>> };
  readonly checks: readonly Omit<Result, "check">[];
  readonly requirements: Coverage;
  /** The last word: a report without it was cut off. */
  readonly complete: true;
}

/** Which requirements this run speaks for, and for which it does not. */
interface Coverage {
  /** Requirements that bind a runtime. */
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
function digestOf(checks: readonly Check[]): string {
  const definitions = checks.map(({ run: _, ...definition }) => definition);
  return createHash("sha256").update(JSON.stringify(definitions)).digest("hex").slice(0, 16);
}

/** The verdicts of a check that has come to an end. */
const decided: readonly Verdict[] = ["pass", "pass-nonstrict", "fail"];

function onlyNotApplicable(verdicts: readonly Verdict[] | undefined): boolean {
  return verdicts?.every((verdict) => verdict === "not-applicable") === true;
}

function countExcluded(ids: readonly string[]): Record<ExclusionReason, number> {
  const counts = { permits: 0, inside: 0, operation: 0, elsewhere: 0, control: 0, "not-served": 0 };
  for (const id of ids) {
    const exclusion = excluded.get(id);
    if (exclusion !== undefined) counts[exclusion.reason] += 1;
  }
  return counts;
}

/** Counts what is covered of what binds a runtime: its own requirements, and those of both peers. */
function coverage(results: readonly Pick<Result, "check" | "verdict">[]): Coverage {
  const verdicts: Record<string, Verdict[]> = {};
  for (const { check, verdict } of results) {
    for (const id of check.requirements) (verdicts[id] ??= []).push(verdict);
  }
  const bind = Object.entries(requirements).filter(
    ([, r]) => r.side === "runtime" || r.side === "both",
  );
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
    excluded: countExcluded(open.map(([id]) => id)),
    verdicts,
    uncovered: [...must, ...rest],
    uncoveredMust: must.length,
  };
}

/** Puts the report together. */
export function buildReport(facts: {
  readonly checks: readonly Check[];
  readonly results: readonly Result[];
  readonly conclusion: Conclusion;
  readonly target: Target;
  readonly presented: Presented;
  readonly dialect: Dialect;
  readonly startedAt: Date;
  readonly ms: number;
}): Report {
  const { results, presented, target } = facts;
  const counts: Record<string, number> = {};
  for (const { verdict } of results) counts[verdict] = (counts[verdict] ?? 0) + 1;
  return {
    suite: { ...suiteClient, revision: "1.1", digest: digestOf(facts.checks) },
    startedAt: facts.startedAt.toISOString(),
    ms: facts.ms,
    seed: target.seed,
    timeScale: target.timeScale,
    url: addressOf(target),
    carrier: target.carrier,
    implementation: {
      ...presented.runtime,
      features: [...presented.features],
      agents: presented.agents.map(({ name, versions }) => [name, ...versions].join(" ")),
    },
    dialect: facts.dialect,
    result: { ...facts.conclusion, counts },
    checks: results.map(({ check: _, ...result }) => result),
    requirements: coverage(results),
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
