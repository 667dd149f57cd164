/** The kill matrix: each check meets each of its mutants, and must notice at least one. */
import type { Attempt } from "../run/attempt.js";
import type { Check } from "../run/check.js";
import type { Write } from "../run/progress.js";
import { runAll, runCheck, type Bench } from "../run/runner.js";
import type { Result } from "../run/verdict.js";

/** What became of one check under one mutant. */
interface Kill {
  readonly check: string;
  readonly mutant: string;
  readonly killed: boolean;
  /** Why the check failed, or the verdict with which it let the mutant pass. */
  readonly how: string;
}

/** The whole matrix. */
export interface Matrix {
  readonly kills: readonly Kill[];
  /** Checks that do not pass against the healthy implementation. */
  readonly unhealthy: readonly Result[];
  /** Checks whose question does not arise for it. */
  readonly notApplicable: readonly string[];
  /** Mutants whose probe failed: they break too much to prove anything. */
  readonly dead: readonly string[];
  /** Checks that none of their mutants made fail. */
  readonly survived: readonly string[];
  /** Mutants that no check names. */
  readonly idle: readonly string[];
}

/** Who meets whom. `T` is what a check holds, `M` what a mutant is. */
export interface Contest<T extends Attempt, M extends { readonly name: string }> {
  readonly checks: readonly Check<T>[];
  readonly mutants: readonly M[];
  /** Sets the implementation up with a mutant, or healthy but in the same way; takes it down afterwards. */
  under<R>(mutant: M | undefined, use: (bench: Bench<T>) => Promise<R>): Promise<R>;
  /** Why a mutant is dead, if it is: one that lets nothing through would be noticed by anything. */
  probe(bench: Bench<T>, mutant: M): Promise<string | undefined>;
  /** Mutants at the same time. Default 4. */
  readonly parallel?: number;
  readonly write: Write;
}

/** Runs every check against the healthy implementation, then against each of its mutants. */
export async function killMatrix<T extends Attempt, M extends { readonly name: string }>(
  contest: Contest<T, M>,
): Promise<Matrix> {
  const { checks, mutants, write } = contest;
  const control = await contest.under(undefined, (bench) => runAll(checks, bench, { parallel: 4 }));
  const unhealthy = control.filter((r) => r.verdict !== "pass" && r.verdict !== "not-applicable");
  const sound = checks.filter((_, i) => control[i]?.verdict === "pass");
  write(`${sound.length} of ${checks.length} checks pass without a mutant\n`);
  const kills: Kill[] = [];
  const dead: string[] = [];
  const queue = mutants.filter(({ name }) => sound.some((c) => c.mutants.includes(name)));
  const worker = async () => {
    for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
      const present = mutant;
      const { name } = present;
      await contest.under(present, async (bench) => {
        const fault = await contest.probe(bench, present);
        if (fault !== undefined) return void dead.push(`${name}: ${fault}`);
        for (const check of sound.filter((c) => c.mutants.includes(name))) {
          kills.push(await attack(check, bench, name));
        }
      });
    }
  };
  await Promise.all(Array.from({ length: contest.parallel ?? 4 }, worker));
  const survived = sound.filter(
    ({ id }) => !kills.some((kill) => kill.check === id && kill.killed),
  );
  const named = new Set(checks.flatMap((c) => c.mutants));
  return {
    kills,
    unhealthy,
    notApplicable: control.filter((r) => r.verdict === "not-applicable").map(({ id }) => id),
    dead,
    survived: survived.map(({ id }) => id),
    idle: mutants.filter(({ name }) => !named.has(name)).map(({ name }) => name),
  };
}

/** Whether every check was noticed to fail by a mutant that lives, and nothing is left over. */
export function complete(matrix: Matrix): boolean {
  const { unhealthy, dead, survived, idle } = matrix;
  return [unhealthy, dead, survived, idle].every((list) => list.length === 0);
}

/** The matrix as text: one line per check, `×` for each kill and `·` for each mutant that went by unnoticed. */
export function matrixText(matrix: Matrix): string {
  const byCheck = grouped(matrix.kills);
  const lines = [...byCheck].map(([check, kills]) => {
    const marks = kills.map(({ killed, mutant }) => `${killed ? "×" : "·"} ${mutant}`);
    return `${check.padEnd(48)} ${marks.join("  ")}`;
  });
  const killed = matrix.kills.filter((kill) => kill.killed).length;
  const list = (title: string, items: readonly string[]) =>
    items.length === 0 ? [] : [`${title}:`, ...items.map((item) => `  ${item}`)];
  return [
    ...lines.sort(),
    "",
    `${killed} kills in ${matrix.kills.length} meetings of ${byCheck.size} checks with ` +
      `${new Set(matrix.kills.map((kill) => kill.mutant)).size} mutants`,
    ...list(
      "did not pass without a mutant",
      matrix.unhealthy.map((r) => `${r.id}: ${r.verdict} ${r.reason ?? ""}`),
    ),
    ...list("mutants that break too much", matrix.dead),
    ...list("checks that no mutant makes fail", matrix.survived),
    ...list("mutants that no check names", matrix.idle),
    "",
  ].join("\n");
}

function grouped(kills: readonly Kill[]): Map<string, Kill[]> {
  const map = new Map<string, Kill[]>();
  for (const kill of kills) map.set(kill.check, [...(map.get(kill.check) ?? []), kill]);
  return map;
}

async function attack<T extends Attempt>(
  check: Check<T>,
  bench: Bench<T>,
  mutant: string,
): Promise<Kill> {
  const { verdict, reason } = await runCheck(check, bench, { retry: false });
  const killed = verdict === "fail" || verdict === "pass-nonstrict";
  return {
    check: check.id,
    mutant,
    killed,
    how: `${verdict}${reason === undefined ? "" : `: ${reason}`}`,
  };
}
