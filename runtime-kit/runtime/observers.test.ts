/** W-20: by how late an answer comes nobody learns whether a job is hidden or is not there. */
import { describe, expect, it } from "vitest";
import { silentLogger } from "../wire/logger.js";
import { testClock } from "../testing/index.js";
import type { Core } from "./core.js";
import type { LiveJob, LiveSession } from "./live.js";
import { createObservers } from "./observers.js";
import type { View } from "./observers.js";
import type { Policy } from "./policy.js";

const session = {
  identity: { principal: "a colleague", scopes: [] },
  state: { id: "sess_1", principal: "a colleague" },
} as unknown as LiveSession;
const hidden = {
  state: { id: "job_1", agent: "a@1.0.0", principal: "me" },
} as unknown as LiveJob;

function bench(observe: NonNullable<Policy["observe"]>) {
  const clock = testClock();
  const limits = { policyTimeoutMs: 5_000 };
  const core = { clock, limits, logger: silentLogger, policy: { observe } } as unknown as Core;
  const observers = createObservers(core, { get: () => undefined });

  /** How late the answer comes: whether at once, in which turn of its millisecond, and in which millisecond. */
  async function lateness(job: LiveJob | undefined) {
    const began = clock.monotonic();
    const said = observers.decide(session, "job_1", job, "subscribe");
    if (!(said instanceof Promise)) return { at: "once" };
    let view: View | undefined;
    void said.then((one) => (view = one));
    let turns = 0;
    for (; view === undefined && turns < 50; turns++) await Promise.resolve();
    while (view === undefined) await clock.advance(1);
    return { turns, ms: clock.monotonic() - began };
  }

  const after = (ms: number) =>
    new Promise<View>((resolve) => clock.timer(clock.monotonic() + ms, () => resolve("hide")));
  return { lateness, after };
}

describe("a job that does not exist is answered as the last one that was hidden", () => {
  it("at once, where the policy answers at once", async () => {
    const { lateness } = bench(() => "hide");
    expect(await lateness(hidden)).toEqual({ at: "once" });
    expect(await lateness(undefined)).toEqual({ at: "once" });
  });

  it("in the same turn, where it promises and does not wait", async () => {
    const { lateness } = bench(() => Promise.resolve("hide"));
    const late = await lateness(hidden);
    expect(late).toMatchObject({ ms: 0 });
    expect(await lateness(undefined)).toEqual(late);
  });

  it("after the same time, where it waits", async () => {
    const { lateness, after } = bench(() => after(100));
    const late = await lateness(hidden);
    expect(late).toMatchObject({ ms: 100 });
    expect(await lateness(undefined)).toEqual(late);
  });

  it("at once again, where it waited and then remembers", async () => {
    const known = new Map<string, View>();
    const { lateness, after } = bench(
      ({ job }) =>
        known.get(job.id) ??
        after(100).then((view) => {
          known.set(job.id, view);
          return view;
        }),
    );
    expect(await lateness(hidden)).toMatchObject({ ms: 100 });
    expect(await lateness(undefined)).toMatchObject({ ms: 100 });
    expect(await lateness(hidden)).toEqual({ at: "once" });
    expect(await lateness(undefined)).toEqual({ at: "once" });
  });

  it("as late as a policy that failed", async () => {
    let failing = true;
    const { lateness } = bench(() => {
      if (failing) throw new Error("no directory");
      return Promise.resolve("hide");
    });
    expect(await lateness(hidden)).toEqual(await lateness(undefined));
    failing = false;
    expect(await lateness(hidden)).toEqual(await lateness(undefined));
  });
});
