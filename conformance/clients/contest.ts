/** The mutants of a client: the small client with one of its faults. */
import { WireLog } from "../peer/log.js";
import type { Contest } from "../mutants/matrix.js";
import type { Check } from "../run/check.js";
import type { Write } from "../run/progress.js";
import { clientBench, presentClient } from "./bench.js";
import { smallClient } from "./small/client.js";
import type { faults } from "./small/faults.js";
import type { ClientTrial } from "./trial.js";

type Fault = (typeof faults)[number];

/** Sets the checks against the faults of the small client. */
export function clientContest(options: {
  readonly checks: readonly Check<ClientTrial>[];
  readonly faults: readonly Fault[];
  readonly timeScale: number;
  readonly seed: string;
  readonly write: Write;
}): Contest<ClientTrial, Fault> {
  const { checks, timeScale, write } = options;
  return {
    checks,
    mutants: options.faults,
    write,
    under: async (fault, use) => {
      const names = fault === undefined ? [] : [fault.name];
      const seed = `${options.seed}/${names.join()}`;
      const target = { start: smallClient(...names), command: "small", timeScale, seed };
      // What it offers is asked of the healthy one: a mutant might not come as far as its hello.
      const presented = await presentClient({ ...target, start: smallClient() });
      return use(clientBench(target, presented));
    },
    probe: async (bench) => {
      const trial = bench.begin(new WireLog(), "probe");
      try {
        return await probe(trial);
      } finally {
        await trial.end();
      }
    },
  };
}

/** Whether the client still connects: one that cannot even begin would be noticed by anything. */
async function probe(trial: ClientTrial): Promise<string | undefined> {
  try {
    const { client, runtime } = await trial.start();
    void client.call("connect", { url: runtime.url, token: trial.token });
    await (await runtime.next()).expect(() => true, { what: "first frame" });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
