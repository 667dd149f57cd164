/** A client under test, as the runner sees it; and what is learnt of it before the first check. */
import { HarnessError, Unreachable } from "../peer/faults.js";
import { WireLog } from "../peer/log.js";
import type { Bench } from "../run/runner.js";
import { everyVerb } from "./driver.js";
import { offeredBy } from "./session.js";
import { ClientTrial, type ClientTarget } from "./trial.js";

/** What a client says of itself: by its driver, and in its hello. */
export interface PresentedClient {
  readonly name: string;
  readonly version: string;
  readonly features: ReadonlySet<string>;
  readonly verbs: ReadonlySet<string>;
}

/** Lets the client say hello once. Rejects with `Unreachable` if the driver or the hello is none. */
export async function presentClient(target: ClientTarget): Promise<PresentedClient> {
  const trial = new ClientTrial(target, new WireLog(), "preflight");
  try {
    const { client, hello } = await trial.greeting();
    const { client: name, verbs } = client.introduction!;
    const absent = everyVerb.filter((verb) => !verbs.includes(verb));
    if (absent.length > 0) throw new Unreachable(`the driver does not know ${absent.join(", ")}`);
    const [, words = name, version = ""] = /^(.*) (\S+)$/.exec(name) ?? [];
    return { name: words, version, features: new Set(offeredBy(hello)), verbs: new Set(verbs) };
  } catch (error) {
    if (error instanceof Unreachable) throw error;
    const words = error instanceof Error ? error.message : String(error);
    throw new Unreachable(error instanceof HarnessError ? words : `it did not say hello: ${words}`);
  } finally {
    await trial.end();
  }
}

/** A client under test. */
export function clientBench(target: ClientTarget, presented: PresentedClient): Bench<ClientTrial> {
  return {
    secrets: [],
    unmet: ({ needs }) => {
      const unknown = (needs.verbs ?? []).filter((verb) => !presented.verbs.has(verb));
      if (unknown.length > 0) {
        const missing = unknown.join(", ");
        return { verdict: "not-run", reason: `needs a driver that knows: ${missing}`, missing };
      }
      const absent = (needs.features ?? []).filter((f) => !presented.features.has(f));
      if (absent.length === 0) return undefined;
      return { verdict: "not-applicable", reason: `not offered: ${absent.join(", ")}` };
    },
    begin: (log, key) => new ClientTrial(target, log, key),
  };
}
