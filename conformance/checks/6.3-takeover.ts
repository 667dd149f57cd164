/** Section 6.3: two connections, two principals, one session. */
import { isNumbered } from "../peer/message.js";
import { hello, resumeBlock } from "../peer/session.js";
import { check } from "../run/check.js";
import { story } from "./6.3-resume.js";
import { alike, R0, R1, R2, range, seqs } from "./support.js";

/** Checks of takeover and theft. */
export const takeoverChecks = [
  check(
    {
      id: "runtime/6.3/takeover-ends-the-old-connection",
      requirements: ["RES-33", "RES-34", "RES-35"],
      level: "MUST",
      basis: "W-09",
      needs: { ...R0, connections: "together" },
      mutants: ["close-code-1000", "drop-superseded", "old-connection-stays"],
    },
    async (t) => {
      const old = await t.session();
      const after = old.last;
      const now = await t.resume(old, 0);
      const closed = await old.expect("session.closed", { after });
      t.equal(closed.message.payload.reason, "superseded", "reason");
      t.equal((await old.expectClose()).code, 4009, "close code of the old connection");
      await now.fence();
    },
  ),
  check(
    {
      id: "runtime/6.3/live-on-the-new-connection-only",
      requirements: ["RES-34", "RES-33"],
      level: "MUST",
      basis: "derived",
      needs: { ...R2, connections: "together" },
      mutants: ["old-connection-fed"],
    },
    async (t) => {
      const old = await t.session();
      const { job, begun, letGo, finish } = await story(t, old, { before: 1, away: 2, later: 2 });
      await begun();
      const now = await t.resume(old, 1);
      const after = old.last;
      await letGo();
      await finish();
      await job.on(now).terminal();
      await now.settle();
      t.equal(seqs(now), range(2, 6), "numbers on the new connection");
      t.equal(old.collect(isNumbered, after).length, 0, "events on the old connection");
    },
  ),
  check(
    {
      id: "runtime/6.3/racing-resumes",
      requirements: ["RES-31", "RES-33"],
      level: "MUST",
      basis: "W-09",
      needs: { ...R0, connections: "together" },
      mutants: ["old-connection-stays"],
    },
    async (t) => {
      const old = await t.session();
      old.cut();
      const racers = await Promise.all([1, 2, 3, 4].map(() => t.connect()));
      const options = { ...t.helloOptions(), resume: resumeBlock(old, 0) };
      // Some may be superseded before they hear of their welcome.
      await Promise.all(racers.map((peer) => hello(peer, options).catch(() => undefined)));
      // All but one are superseded or refused; each of those is closed.
      const welcomed = racers.filter((peer) => peer.welcome !== undefined);
      t.ok(welcomed.length > 0, "nobody was welcomed");
      const ends = racers.map((peer) =>
        peer.expectClose(1500).then(
          () => true,
          () => false,
        ),
      );
      const closed = await Promise.all(ends);
      const open = racers.filter((_, i) => !closed[i]);
      t.equal(open.length, 1, "connections that are still open after four resumes at once");
      await open[0]?.fence();
      await t.resume(open[0] ?? old, 0);
    },
  ),
  check(
    {
      id: "runtime/6.3/replies-stay-where-asked",
      requirements: ["SERR-15"],
      level: "MUST",
      basis: "W-33",
      needs: { ...R2, connections: "together" },
      mutants: ["replies-replayed"],
    },
    async (t) => {
      const old = await t.session();
      await t.succeed(old, [{ op: "return" }]);
      await old.request("job.submit", { agent: "conformance.no-such-agent" }, "job.accepted");
      old.cut();
      const now = await t.resume(old, 0);
      await now.expect("job.result", { what: "the replayed end of the job" });
      await now.settle();
      const own = ["session.welcome", "session.pong", "session.ping", "session.jobs", "job.result"];
      for (const { message } of now.collect(() => true)) {
        t.ok(own.includes(message.type), `${message.type} came on a connection that did not ask`);
      }
    },
  ),
  check(
    {
      id: "runtime/6.3/refused-resume-disturbs-nobody",
      requirements: ["RES-32"],
      level: "MUST",
      basis: "W-09",
      needs: { ...R0, connections: "together" },
      mutants: ["refused-resume-takes-over"],
    },
    async (t) => {
      const owner = await t.session();
      const thief = await t.connect();
      const block = { ...resumeBlock(owner, 0), resume_token: t.fresh("rt") };
      const answer = await hello(thief, { ...t.helloOptions(), resume: block });
      t.refused(answer, "UNAUTHENTICATED", "a wrong resume token");
      await thief.expectClose();
      await owner.fence();
      t.ok(owner.closed === undefined, "the owner's connection was closed");
      await t.resume(owner, 0);
    },
  ),
  check(
    {
      id: "runtime/6.3/other-principal-refused",
      requirements: ["AUTH-07", "RES-22", "RES-29"],
      level: "MUST",
      basis: "derived",
      needs: { ...R1, connections: "together" },
      mutants: ["stale-token-accepted", "drop-session-error"],
    },
    async (t) => {
      const owner = await t.session();
      const thief = await t.connect();
      const options = { ...t.helloOptions({ as: "b" }), resume: resumeBlock(owner, 0) };
      t.refused(await hello(thief, options), "UNAUTHENTICATED", "another principal's session");
      await thief.expectClose();
      await owner.fence();
      await t.resume(owner, 0);
    },
  ),
  check(
    {
      id: "runtime/6.3/refusals-are-alike",
      requirements: ["RES-25"],
      level: "MUST",
      basis: "W-08",
      needs: { ...R1, connections: "together" },
      mutants: ["telling-refusals"],
    },
    async (t) => {
      const owner = await t.session();
      const right = resumeBlock(owner, 0);
      const ask = async (as: "a" | "b", change: Partial<typeof right>) => {
        const peer = await t.connect();
        return hello(peer, { ...t.helloOptions({ as }), resume: { ...right, ...change } });
      };
      const wrongToken = await ask("a", { resume_token: t.fresh("rt") });
      const noSession = await ask("a", { session_id: "sess_00000000000000000000000000" });
      const foreign = await ask("b", {});
      t.refused(wrongToken, "UNAUTHENTICATED", "a wrong token");
      t.ok(alike(wrongToken, noSession), "an unknown session is answered differently");
      t.ok(alike(wrongToken, foreign), "another principal's session is answered differently");
      await t.resume(owner, 0);
    },
  ),
] as const;
