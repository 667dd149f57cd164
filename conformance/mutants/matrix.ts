/** The kill matrix: each check meets each of its mutants, and must notice at least one. */
import { WireLog } from "../peer/log.js";
import { Peer } from "../peer/peer.js";
import { mustWelcome } from "../peer/session.js";
import type { Check } from "../run/check.js";
import type { Write } from "../run/progress.js";
import { runAll, runCheck } from "../run/runner.js";
import { atUrl, byCommand, type Presented, type Target } from "../run/target.js";
import { Trial } from "../run/trial.js";
import type { Result } from "../run/verdict.js";
import { newShared } from "./link.js";
import type { Mutant } from "./mutant.js";
import { mutatedChild } from "./pipe.js";
import { startProxy } from "./proxy.js";

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
  /** Checks that do not pass against the runtime itself, through a proxy that changes nothing. */
  readonly unhealthy: readonly Result[];
  /** Checks whose question does not arise for this runtime. */
  readonly notApplicable: readonly string[];
  /** Mutants whose probe failed: they break too much to prove anything. */
  readonly dead: readonly string[];
  /** Checks that none of their mutants made fail. */
  readonly survived: readonly string[];
  /** Mutants that no check names. */
  readonly idle: readonly string[];
}

/** How the matrix is made. */
export interface MatrixOptions {
  readonly checks: readonly Check[];
  readonly mutants: readonly Mutant[];
  readonly target: Target;
  readonly presented: Presented;
  /** Mutants at the same time. Default 4. */
  readonly parallel?: number;
  readonly write: Write;
}

const healthy: Mutant = { name: "none", about: "changes nothing" };

/** Runs every check against a proxy that changes nothing, then against each of its mutants. */
export async function killMatrix(options: MatrixOptions): Promise<Matrix> {
  const { checks, mutants, presented, write } = options;
  const control = await underMutant(options, healthy, async (target) =>
    runAll(checks, target, presented, { parallel: 4 }),
  );
  const unhealthy = control.filter((r) => r.verdict !== "pass" && r.verdict !== "not-applicable");
  const sound = checks.filter((_, i) => control[i]?.verdict === "pass");
  write(`${sound.length} of ${checks.length} checks pass through a proxy that changes nothing\n`);
  const kills: Kill[] = [];
  const dead: string[] = [];
  const queue = mutants.filter(({ name }) => sound.some((c) => c.mutants.includes(name)));
  const worker = async () => {
    for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
      const { name } = mutant;
      await underMutant(options, mutant, async (target) => {
        const fault = await probe(target, presented, mutant ?? healthy);
        if (fault !== undefined) return void dead.push(`${name}: ${fault}`);
        for (const check of sound.filter((c) => c.mutants.includes(name))) {
          kills.push(await attack(check, target, presented, name));
        }
      });
    }
  };
  await Promise.all(Array.from({ length: options.parallel ?? 4 }, worker));
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

async function underMutant<T>(
  { target }: MatrixOptions,
  mutant: Mutant,
  use: (target: Target) => Promise<T>,
): Promise<T> {
  const seed = `${target.seed}/${mutant.name}`;
  if (target.carrier === "stdio") {
    const shared = newShared();
    return use({ ...target, ...byCommand(target.address, mutatedChild(mutant, shared)), seed });
  }
  const proxy = await startProxy(target.address, mutant);
  try {
    return await use({ ...target, ...atUrl(proxy.url), seed });
  } finally {
    await proxy.close();
  }
}

async function attack(
  check: Check,
  target: Target,
  presented: Presented,
  mutant: string,
): Promise<Kill> {
  const { verdict, reason } = await runCheck(check, target, presented, { retry: false });
  const killed = verdict === "fail" || verdict === "pass-nonstrict";
  return {
    check: check.id,
    mutant,
    killed,
    how: `${verdict}${reason === undefined ? "" : `: ${reason}`}`,
  };
}

/** Whether a plain session can still be had; a mutant that lets nothing through would be noticed by anything. */
async function probe(
  target: Target,
  presented: Presented,
  mutant: Mutant,
): Promise<string | undefined> {
  const trial = new Trial(target, presented, new WireLog(), "probe");
  try {
    const peer = await trial.dial({ protocols: ["arcp"] });
    if (!(peer instanceof Peer)) return `the upgrade is refused with ${peer.status}`;
    await mustWelcome(peer, trial.helloOptions());
    if (mutant.probe === "hello" || !presented.script) return undefined;
    peer.send("job.submit", trial.program([{ op: "burst", count: 1 }, { op: "return" }]));
    await peer.expect(["job.result", "job.error"]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    trial.end();
  }
}
