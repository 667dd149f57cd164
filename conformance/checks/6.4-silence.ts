/** Section 6.4: silence, and what comes of it. Only where the interval is short enough to be waited for. */
import { Feature } from "../../generated/current/constants.js";
import type { Peer } from "../peer/peer.js";
import { check } from "../run/check.js";
import type { Trial } from "../run/trial.js";
import { R0, R2 } from "./support.js";

const heartbeat = { ...R0, features: [Feature.Heartbeat] } as const;

/** The longest interval that a check waits for, in seconds. */
const longest = 5;

/** The announced interval in milliseconds. Ends the check where it is too long. */
function intervalOf(t: Trial, peer: Peer): number {
  const stated = peer.welcome?.message.payload.heartbeat_interval_sec;
  const seconds = typeof stated === "number" ? stated : Infinity;
  if (seconds <= longest) return seconds * 1000;
  return t.notApplicable(`needs a runtime whose heartbeat_interval_sec is ${longest} at most`);
}

/** Milliseconds for a wait that follows a timer of the runtime, which no `--time-scale` makes faster. */
function unscaled(t: Trial, ms: number): number {
  return ms / Math.min(1, t.target.timeScale);
}

/** How late a timer may be on a busy machine, in milliseconds. */
const late = 4000;

/** Further checks of section 6.4. */
export const silenceChecks = [
  check(
    {
      id: "runtime/6.4/pings-when-idle",
      requirements: ["HB-02"],
      level: "SHOULD",
      basis: "W-27",
      needs: heartbeat,
      mutants: ["never-pings"],
    },
    async (t) => {
      const peer = await t.session();
      const within = unscaled(t, intervalOf(t, peer) + late);
      await peer.expect("session.ping", { within });
    },
  ),
  check(
    {
      id: "runtime/6.4/silent-peer-dropped",
      requirements: ["HB-07"],
      level: "SHOULD",
      basis: "W-27",
      needs: heartbeat,
      mutants: ["drops-nobody"],
    },
    async (t) => {
      const peer = await t.session();
      const interval = intervalOf(t, peer);
      peer.answersPings = false;
      const began = performance.now();
      await peer.expectClose(unscaled(t, 2 * interval + late));
      const waited = performance.now() - began;
      t.ok(
        waited > interval,
        `dropped after ${Math.round(waited)} ms, one interval being ${interval}`,
      );
    },
  ),
  check(
    {
      id: "runtime/6.4/any-message-is-a-sign-of-life",
      requirements: ["HB-05"],
      level: "MUST",
      basis: "explicit",
      needs: heartbeat,
      mutants: ["pongs-alone-count"],
      deadlineMs: 60_000,
    },
    async (t) => {
      const peer = await t.session();
      const interval = intervalOf(t, peer);
      peer.answersPings = false;
      for (const until = performance.now() + 3.5 * interval; performance.now() < until;) {
        peer.send("x-vendor.conformance.tick");
        await new Promise((resolve) => setTimeout(resolve, interval / 4));
      }
      await peer.fence();
      t.ok(peer.closed === undefined, "a peer that talks and sends no pong was dropped");
    },
  ),
  check(
    {
      id: "runtime/6.4/loss-ends-nothing",
      requirements: ["HB-08", "HB-09"],
      level: "MUST",
      basis: "explicit",
      needs: { ...R2, features: [Feature.Heartbeat], connections: "together" },
      mutants: ["loss-cancels"],
      deadlineMs: 60_000,
    },
    async (t) => {
      const peer = await t.session();
      const interval = intervalOf(t, peer);
      const gate = t.fresh("gate");
      const job = await t.submit(peer, [
        { op: "gate", name: gate },
        { op: "return", value: "alive" },
      ]);
      peer.answersPings = false;
      await peer.expectClose(unscaled(t, 2 * interval + late));
      const again = await t.resume(peer, 0);
      await t.succeed(again, [{ op: "open", name: gate }]);
      const end = await job.on(again).terminal();
      t.equal(end.message.payload.result, "alive", "result of a job whose client was lost");
    },
  ),
] as const;
