/** Section 6.3 across `kill -9` (rung R3): sessions go on with a runtime that was started again, and windows end. */
import { setTimeout as delay } from "node:timers/promises";
import { seqOf } from "../peer/message.js";
import type { Peer } from "../peer/peer.js";
import { hello, resumeBlock } from "../peer/session.js";
import { check } from "../run/check.js";
import type { Trial } from "../run/trial.js";
import { content, newest, R3, range, seqs } from "./support.js";

/** The window of a session in milliseconds. Only one of a few seconds can be waited for. */
function shortWindow(t: Trial, peer: Peer): number {
  const window = Number(peer.welcome?.message.payload["resume_window_sec"]);
  if (window > 0 && window <= 5) return window * 1000;
  return t.notApplicable(`resume_window_sec is ${window}; start it with one of at most 5`);
}

/** A job ends, the connection too, and the client is away for `away` of the session's window. */
async function comesBack(t: Trial, away: (window: number) => number): Promise<void> {
  await t.start();
  const peer = await t.session();
  const window = shortWindow(t, peer);
  await t.succeed(peer, [{ op: "return" }]);
  peer.cut();
  await delay(away(window));
  const again = await t.resume(peer, 0);
  await again.expect((m) => seqOf(m) === 1, { what: "the end of the job, replayed" });
}

/** Checks of section 6.3 that kill the runtime, or wait for the end of a window. */
export const restartChecks = [
  check(
    {
      id: "runtime/6.3/resumed-after-kill",
      requirements: ["RES-09", "RES-10", "RES-11", "SEQ-03", "EVT-03", "LIFE-07"],
      level: "MUST",
      basis: "derived",
      needs: R3,
      mutants: [
        "session-lost-at-restart",
        "replay-skips-one",
        "replay-new-times",
        "token-does-not-rotate",
        "number-again-after-restart",
      ],
      deadlineMs: 60_000,
    },
    async (t) => {
      await t.start();
      const peer = await t.session();
      await t.succeed(peer, [
        { op: "burst", count: 3 },
        { op: "chunk", data: "streamed ", repeat: 3 },
        { op: "chunk", data: "result" },
      ]);
      const before = content(peer);
      await t.kill();
      await t.restart();
      const again = await t.resume(peer, 0);
      await again.expect("job.result", { what: "the end of the job, replayed" });
      await again.settle();
      t.equal(content(again), before, "what was replayed after the kill");
      t.ok(again.resumeToken !== peer.resumeToken, "the welcome brought no new token");
      await t.succeed(again, [{ op: "return" }]);
      t.equal(seqs(again), range(1, before.length + 1), "numbers with those of a new job");
    },
  ),
  check(
    {
      id: "runtime/6.3/killed-twice",
      requirements: ["RES-11", "SEQ-01", "SEQ-02"],
      level: "MUST",
      basis: "derived",
      needs: R3,
      mutants: ["session-lost-at-restart", "numbers-begin-again-at-restart"],
      deadlineMs: 90_000,
    },
    async (t) => {
      await t.start();
      let peer = await t.session();
      for (let round = 1; round <= 2; round++) {
        await t.succeed(peer, [{ op: "burst", count: 2 }, { op: "return" }]);
        await t.kill();
        await t.restart();
        peer = await t.resume(peer, newest(peer));
        await peer.settle();
        t.equal(seqs(peer), [], "numbers replayed to a client that has seen everything");
        await t.succeed(peer, [{ op: "return" }]);
        t.equal(seqs(peer), [round * 4], "number of the end of a job after the kill");
      }
    },
  ),
  check(
    {
      id: "runtime/6.3/used-token-after-kill",
      requirements: ["RES-24"],
      level: "MUST",
      basis: "derived",
      needs: R3,
      mutants: ["stale-token-accepted"],
      deadlineMs: 60_000,
    },
    async (t) => {
      await t.start();
      const first = await t.session();
      first.cut();
      const second = await t.resume(first, 0);
      second.cut();
      const third = await t.resume(second, 0);
      await third.fence();
      await t.kill();
      await t.restart();
      const thief = await t.connect();
      const options = { ...t.helloOptions(), resume: resumeBlock(first, 0) };
      t.refused(await hello(thief, options), "UNAUTHENTICATED", "a token used before the kill");
      await t.resume(third, 0);
    },
  ),
  check(
    {
      id: "runtime/6.3/window-from-restart",
      requirements: ["RES-40"],
      level: "MUST",
      basis: "W-38",
      needs: R3,
      mutants: ["window-runs-while-down"],
      deadlineMs: 60_000,
    },
    async (t) => {
      await t.start();
      const peer = await t.session();
      const window = shortWindow(t, peer);
      await t.succeed(peer, [{ op: "burst", count: 1 }, { op: "return" }]);
      await t.kill();
      // Not a wait for something: the time that passes is what is asked about.
      await delay(window + 500);
      await t.restart();
      const again = await t.resume(peer, 1);
      await again.expect((m) => seqOf(m) === 2, { what: "the end of the job, replayed" });
    },
  ),
  check(
    {
      id: "runtime/6.3/within-the-window",
      requirements: ["RES-39"],
      level: "MUST",
      basis: "explicit",
      needs: R3,
      mutants: ["window-half-as-long"],
      deadlineMs: 60_000,
    },
    (t) => comesBack(t, (window) => window * 0.7),
  ),
  check(
    {
      id: "runtime/6.3/after-the-window",
      requirements: ["RES-41"],
      level: "SHOULD",
      basis: "W-38",
      needs: R3,
      mutants: ["window-is-the-end"],
      deadlineMs: 60_000,
    },
    (t) => comesBack(t, (window) => window + 500),
  ),
];
