/** The mutants of a runtime: a proxy before a healthy one, through which each changes the wire. */
import { WireLog } from "../peer/log.js";
import { Peer } from "../peer/peer.js";
import { mustWelcome } from "../peer/session.js";
import type { Check } from "../run/check.js";
import type { Controlled } from "../run/control.js";
import type { Write } from "../run/progress.js";
import { runtimeBench } from "../run/runner.js";
import { atUrl, byCommand, type Presented, type Target } from "../run/target.js";
import type { Trial } from "../run/trial.js";
import { newShared } from "./link.js";
import type { Contest } from "./matrix.js";
import type { Mutant } from "./mutant.js";
import { mutatedChild } from "./pipe.js";
import { startProxy } from "./proxy.js";

const healthy: Mutant = { name: "none", about: "changes nothing" };

/** Sets a runtime against the mutants of its wire. */
export function runtimeContest(options: {
  readonly checks: readonly Check[];
  readonly mutants: readonly Mutant[];
  readonly target: Target;
  readonly presented: Presented;
  readonly write: Write;
}): Contest<Trial, Mutant> {
  const { checks, mutants, target, presented, write } = options;
  return {
    checks,
    mutants,
    write,
    under: async (mutant = healthy, use) => {
      const seed = `${target.seed}/${mutant.name}`;
      if (target.carrier === "stdio") {
        const place = byCommand(target.address, mutatedChild(mutant, newShared()));
        return use(runtimeBench({ ...target, ...place, seed }, presented));
      }
      const proxy = await startProxy(target.address, mutant);
      const { control } = target;
      const behind =
        control === undefined
          ? {}
          : { control: async () => mutatedRuntime(await control(), mutant) };
      try {
        const place = atUrl(proxy.url);
        return await use(runtimeBench({ ...target, ...place, ...behind, seed }, presented));
      } finally {
        await proxy.close();
      }
    },
    probe: (bench, mutant) => probe(bench.begin(new WireLog(), "probe"), presented, mutant),
  };
}

/** A runtime that the suite kills, reached through a mutant that outlives it. */
async function mutatedRuntime(runtime: Controlled, mutant: Mutant): Promise<Controlled> {
  const shared = newShared();
  const proxy = await startProxy(runtime.url, mutant, shared);
  let started = false;
  return {
    ...runtime,
    url: proxy.url,
    start: async () => {
      await runtime.start();
      shared.restarted = started;
      started = true;
    },
    close: async () => {
      await proxy.close();
      await runtime.close();
    },
  };
}

/** Whether a plain session can still be had; a mutant that lets nothing through would be noticed by anything. */
async function probe(
  trial: Trial,
  presented: Presented,
  mutant: Mutant,
): Promise<string | undefined> {
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
    await trial.end();
  }
}
