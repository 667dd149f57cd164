/** Section 6.3: going on where a session was. What another connection owns is in `6.3-takeover.ts`. */
import { seqOf } from "../peer/message.js";
import { hello, helloPayload, mustWelcome, resumeBlock } from "../peer/session.js";
import type { Peer } from "../peer/peer.js";
import { check } from "../run/check.js";
import type { Trial } from "../run/trial.js";
import { content, newest, R0, R2, range, seqs } from "./support.js";

/**
 * A job that makes `before` events while the client is there, `away` while it is not, and `later` once it has
 * resumed. Gates make the order certain; `letGo` and `finish` are called by the check, through another session.
 */
export async function story(
  t: Trial,
  peer: Peer,
  count: { before: number; away: number; later: number },
) {
  const [g1, g2, g3] = [t.fresh("gate"), t.fresh("gate"), t.fresh("gate")];
  const job = await t.submit(peer, [
    { op: "burst", count: count.before },
    { op: "gate", name: g1 },
    { op: "burst", count: count.away },
    { op: "open", name: g2 },
    { op: "gate", name: g3 },
    { op: "burst", count: count.later },
    { op: "return", value: "done" },
  ]);
  const helper = await t.session();
  return {
    job,
    /** All events of the time before have arrived. */
    begun: () => peer.expect((m) => seqOf(m) === count.before, { what: `event ${count.before}` }),
    /** Lets the events of the time away be made, and returns when they are. */
    letGo: () =>
      t.succeed(helper, [
        { op: "open", name: g1 },
        { op: "gate", name: g2 },
      ]),
    /** Lets the job come to its end. */
    finish: () => t.succeed(helper, [{ op: "open", name: g3 }]),
  };
}

/** Checks of section 6.3. */
export const resumeChecks = [
  check(
    {
      id: "runtime/6.3/caught-up",
      requirements: ["RES-02", "RES-09", "RES-14"],
      level: "MUST",
      basis: "derived",
      needs: { ...R2, connections: "together" },
      mutants: ["caught-up-refused", "replay-from-zero"],
    },
    async (t) => {
      const peer = await t.session();
      await t.succeed(peer, [{ op: "burst", count: 2 }, { op: "return" }]);
      const last = newest(peer);
      peer.cut();
      const again = await t.resume(peer, last);
      await again.settle();
      t.equal(seqs(again), [], "numbers replayed to a client that has seen everything");
      await t.succeed(again, [{ op: "return" }]);
      t.equal(seqs(again), [last + 1], "numbers after the resume");
    },
  ),
  check(
    {
      id: "runtime/6.3/resume-replays-gap-free",
      requirements: ["RES-11", "RES-12", "SEQ-02", "LIFE-09"],
      level: "MUST",
      basis: "explicit",
      needs: { ...R2, connections: "together" },
      mutants: ["replay-skips-one", "replay-from-zero", "replay-twice", "replay-swapped"],
    },
    async (t) => {
      const peer = await t.session();
      const { job, begun, letGo, finish } = await story(t, peer, { before: 3, away: 4, later: 2 });
      await begun();
      peer.cut();
      await letGo();
      const again = await t.resume(peer, 2);
      await again.expect((m) => seqOf(m) === 7, { what: "the last event made while away" });
      await finish();
      await job.on(again).terminal();
      await again.settle();
      t.equal(seqs(again), range(3, 10), "numbers replayed and live");
    },
  ),
  check(
    {
      id: "runtime/6.3/live-follows-replay",
      requirements: ["RES-12", "RES-33", "LIFE-09"],
      level: "MUST",
      basis: "explicit",
      needs: { ...R2, connections: "together" },
      mutants: ["mute-after-resume"],
    },
    async (t) => {
      const peer = await t.session();
      const { job, begun, letGo, finish } = await story(t, peer, { before: 1, away: 1, later: 5 });
      await begun();
      peer.cut();
      const again = await t.resume(peer, 1);
      await letGo();
      await finish();
      const end = await job.on(again).terminal();
      t.equal(end.message.payload.result, "done", "result of the job on the resumed session");
      t.equal(seqs(again), range(2, 8), "numbers on the resumed session");
    },
  ),
  check(
    {
      id: "runtime/6.3/welcome-before-replay",
      requirements: ["RES-12"],
      level: "MUST",
      basis: "W-07",
      needs: { ...R2, connections: "together" },
      mutants: ["replay-before-welcome"],
    },
    async (t) => {
      const peer = await t.session();
      await t.succeed(peer, [{ op: "burst", count: 3 }, { op: "return" }]);
      peer.cut();
      const again = await t.resume(peer, 1);
      await again.expect((m) => seqOf(m) === 4, { what: "the replayed end of the job" });
      await again.settle();
      t.equal(again.frames[0]?.message.type, "session.welcome", "first message after a resume");
      t.equal(seqs(again), [2, 3, 4], "numbers replayed");
    },
  ),
  check(
    {
      id: "runtime/6.3/replay-is-the-same",
      requirements: ["EVT-03", "SEQ-03", "LIFE-07"],
      level: "MUST",
      basis: "derived",
      needs: { ...R2, connections: "together" },
      mutants: ["replay-new-times", "replay-other-text"],
    },
    async (t) => {
      const peer = await t.session();
      await t.succeed(peer, [
        { op: "burst", count: 3 },
        { op: "return", value: { a: [1, 2] } },
      ]);
      const live = content(peer);
      peer.cut();
      const again = await t.resume(peer, 0);
      await again.expect("job.result", { what: "the replayed end of the job" });
      await again.settle();
      t.equal(content(again), live, "what was replayed");
    },
  ),
  check(
    {
      id: "runtime/6.3/token-rotates",
      requirements: ["RES-10"],
      level: "MUST",
      basis: "explicit",
      needs: { ...R0, connections: "together" },
      mutants: ["token-does-not-rotate"],
    },
    async (t) => {
      const peer = await t.session();
      peer.cut();
      const second = await t.resume(peer, 0);
      second.cut();
      const third = await t.resume(second, 0);
      const tokens = [peer, second, third].map((p) => p.resumeToken);
      t.equal(new Set(tokens).size, 3, "number of different tokens over two resumes");
    },
  ),
  check(
    {
      id: "runtime/6.3/used-up-token-refused",
      requirements: ["RES-24", "RES-29"],
      level: "MUST",
      basis: "derived",
      needs: { ...R0, connections: "together" },
      mutants: ["stale-token-accepted", "drop-session-error", "open-after-refusal"],
    },
    async (t) => {
      const first = await t.session();
      first.cut();
      const second = await t.resume(first, 0);
      second.cut();
      const third = await t.resume(second, 0);
      const thief = await t.connect();
      const options = { ...t.helloOptions(), resume: resumeBlock(first, 0) };
      t.refused(await hello(thief, options), "UNAUTHENTICATED", "a token that was replaced twice");
      await thief.expectClose();
      await third.fence();
      await t.resume(third, 0);
    },
  ),
  check(
    {
      id: "runtime/6.3/lost-welcome",
      requirements: ["RES-23"],
      level: "MUST",
      basis: "W-08",
      needs: { ...R0, connections: "together" },
      mutants: ["previous-token-refused"],
    },
    async (t) => {
      const first = await t.session();
      first.cut();
      const lost = await t.resume(first, 0);
      lost.cut();
      const again = await t.resume(first, 0);
      await again.fence();
    },
  ),
  check(
    {
      id: "runtime/6.3/refused-resume-closes",
      requirements: ["RES-29", "SERR-03"],
      level: "MUST",
      basis: "explicit",
      needs: R0,
      mutants: ["open-after-refusal", "drop-session-error"],
    },
    async (t) => {
      const peer = await t.connect();
      const resume = {
        session_id: "sess_00000000000000000000000000",
        resume_token: t.fresh("rt"),
        last_event_seq: 0,
      };
      t.refused(
        await hello(peer, { ...t.helloOptions(), resume }),
        "UNAUTHENTICATED",
        "a resume of nothing",
      );
      await peer.expectClose();
    },
  ),
  check(
    {
      id: "runtime/6.3/cursor-beyond-newest",
      requirements: ["RES-28"],
      level: "MUST",
      basis: "W-08",
      needs: { ...R2, connections: "together" },
      mutants: ["cursor-clamped", "drop-session-error"],
    },
    async (t) => {
      const peer = await t.session();
      await t.succeed(peer, [{ op: "burst", count: 1 }, { op: "return" }]);
      peer.cut();
      const greedy = await t.connect();
      const options = { ...t.helloOptions(), resume: resumeBlock(peer, 1000) };
      t.refused(
        await hello(greedy, options),
        "INVALID_REQUEST",
        "a cursor beyond the newest number",
      );
      await t.resume(peer, newest(peer));
    },
  ),
  check(
    {
      id: "runtime/6.3/session-resume-form",
      requirements: ["RES-03", "HELLO-01"],
      level: "MUST",
      basis: "W-06",
      needs: { ...R2, connections: "together" },
      mutants: ["session-resume-unknown"],
    },
    async (t) => {
      const peer = await t.session();
      await t.succeed(peer, [{ op: "burst", count: 1 }, { op: "return" }]);
      peer.cut();
      const again = await t.connect();
      const { auth } = helloPayload(t.helloOptions());
      again.send("session.resume", { ...resumeBlock(peer, 1), auth });
      const welcome = await again.expect(["session.welcome", "session.error"]);
      t.equal(welcome.message.type, "session.welcome", "answer to session.resume");
      t.equal(welcome.message.session_id, peer.sessionId, "session_id of the welcome");
      await again.expect((m) => seqOf(m) === 2, { what: "the replayed end of the job" });
    },
  ),
  check(
    {
      id: "runtime/6.3/session-resume-needs-auth",
      requirements: ["RES-04"],
      level: "MUST",
      basis: "W-06",
      needs: { ...R0, connections: "together" },
      mutants: ["resume-by-token-alone", "drop-session-error"],
    },
    async (t) => {
      const peer = await t.session();
      peer.cut();
      const again = await t.connect();
      again.send("session.resume", { ...resumeBlock(peer, 0) });
      const answer = await again.expect(["session.welcome", "session.error"]);
      if (answer.message.type === "session.welcome") {
        t.notes.push("resumes by token alone, as an operator may allow");
      }
      t.refused(answer, "UNAUTHENTICATED", "session.resume without auth");
      await t.resume(peer, 0);
    },
  ),
  check(
    {
      id: "runtime/6.3/session-resume-after-hello",
      requirements: ["RES-05"],
      level: "MUST",
      basis: "W-06",
      needs: { ...R0, connections: "together" },
      mutants: ["session-resume-unknown"],
    },
    async (t) => {
      const peer = await t.session();
      peer.cut();
      const again = await t.session();
      const after = again.last;
      again.send("session.resume", { ...resumeBlock(peer, 0) }, { session_id: undefined });
      const answer = await again.expect(["session.welcome", "session.error"], { after });
      t.equal(answer.message.type, "session.welcome", "answer to session.resume after a hello");
      t.equal(answer.message.session_id, peer.sessionId, "session_id of the welcome");
    },
  ),
  check(
    {
      id: "runtime/6.3/features-kept",
      requirements: ["RES-15"],
      level: "MUST",
      basis: "W-14",
      needs: { ...R0, connections: "together" },
      mutants: ["resume-forgets-features"],
    },
    async (t) => {
      const peer = await t.session();
      peer.cut();
      const again = await t.connect();
      const options = { ...t.helloOptions({ features: null }), resume: resumeBlock(peer, 0) };
      await mustWelcome(again, options);
      t.equal([...again.features].sort(), [...peer.features].sort(), "features after the resume");
      await again.fence();
    },
  ),
  check(
    {
      id: "runtime/6.3/features-may-not-shrink",
      requirements: ["RES-16"],
      level: "MUST",
      basis: "W-14",
      needs: { ...R0, connections: "together" },
      mutants: ["resume-ignores-capabilities", "drop-session-error"],
    },
    async (t) => {
      const peer = await t.session();
      if (peer.features.size === 0) t.notApplicable("the runtime advertises no feature");
      peer.cut();
      const again = await t.connect();
      const options = { ...t.helloOptions({ features: [] }), resume: resumeBlock(peer, 0) };
      t.refused(await hello(again, options), "INVALID_REQUEST", "a resume that lacks features");
      await t.resume(peer, 0);
    },
  ),
  check(
    {
      id: "runtime/6.3/cancel-after-resume",
      requirements: ["CANCEL-02", "CANCEL-09"],
      level: "MUST",
      basis: "explicit",
      needs: { ...R2, connections: "together" },
      mutants: ["cancel-before-resume-only"],
    },
    async (t) => {
      const peer = await t.session();
      const job = await t.submit(peer, [{ op: "await-cancel" }]);
      peer.cut();
      const again = job.on(await t.resume(peer, 0));
      t.equal((await again.cancel()).message.type, "job.cancelled", "answer to the cancel");
      const end = await again.terminal();
      t.equal(end.message.payload.final_status, "cancelled", "final_status");
    },
  ),
] as const;
