/** Section 6.3: coming back after a dropped connection. */
import type { Loose } from "../driver.js";
import { clientCheck } from "../check.js";
import { Session } from "../session.js";
import { isRecord, type Frame } from "../../peer/message.js";
import { isOf, type ClientTrial, type Scene } from "../trial.js";
import type { FakeJob } from "../session.js";

/** What a hello or a session.resume asks for. */
function resumeOf({ message }: Frame): Loose {
  const block = message.type === "session.resume" ? message.payload : message.payload["resume"];
  return isRecord(block) ? block : {};
}

/** A session with one job of which the client has heard two events. */
async function begun(t: ClientTrial): Promise<{ s: Scene; job: FakeJob }> {
  const s = await t.session();
  const job = await s.job();
  job.log("one");
  job.log("two");
  await s.heard(job, "two");
  await s.client.sync();
  return { s, job };
}

/** Refuses a resume, and ends the connection as a runtime does. */
function refuse(s: Scene, peer: Scene["peer"], code: string): void {
  const payload = { code, message: "no such session", retryable: false };
  peer.send("session.error", payload, { session_id: s.t.fresh("sess") });
  peer.close(1008);
}

/** Waits until the client tells that events were lost. */
function gapTold(s: Scene) {
  return s.client.told(({ news }) => news === "gap", { what: "news of a gap", within: 12_000 });
}

/** Checks of section 6.3. */
export const resumeChecks = [
  clientCheck(
    {
      id: "client/6.3/resumes-where-it-was",
      requirements: ["RES-01", "RES-06", "WATCH-27"],
      level: "MUST",
      basis: "explicit",
      mutants: ["never-resumes", "cursor-from-zero", "cursor-ahead", "resumes-by-session-resume"],
    },
    async (t) => {
      const { s, job } = await begun(t);
      const hello = await s.dropAndResume();
      t.should(hello.message.type === "session.hello", "resumes by session.resume");
      const { session_id, resume_token, last_event_seq } = resumeOf(hello);
      t.equal([session_id, last_event_seq], [s.session.id, 2], "session_id and last_event_seq");
      t.ok(resume_token === s.session.tokens[0], "another resume_token than that of the welcome");
      job.log("three");
      await s.heard(job, "three");
      t.equal(s.messages(job), ["one", "two", "three"], "events told");
    },
  ),
  clientCheck(
    {
      id: "client/6.3/newest-token",
      requirements: ["RES-01"],
      level: "MUST",
      basis: "explicit",
      mutants: ["first-token-kept"],
    },
    async (t) => {
      const { s } = await begun(t);
      await s.dropAndResume();
      await s.fence();
      const hello = await s.dropAndResume();
      await s.fence();
      const position = s.session.tokens.indexOf(String(resumeOf(hello)["resume_token"]));
      t.equal(position, 1, "which of the two tokens given out it presents, counted from 0");
    },
  ),
  clientCheck(
    {
      id: "client/6.3/lost-welcome",
      requirements: ["RES-01"],
      level: "MUST",
      basis: "derived",
      mutants: ["gives-up-without-welcome"],
    },
    async (t) => {
      const { s, job } = await begun(t);
      s.peer.cut();
      const lost = await s.back();
      lost.peer.cut();
      const again = await s.back();
      t.equal(resumeOf(again.hello)["last_event_seq"], 2, "last_event_seq after a lost welcome");
      s.session.welcome(again.peer, again.hello);
      job.log("three");
      await s.heard(job, "three");
    },
  ),
  clientCheck(
    {
      id: "client/6.3/replay-after-the-welcome",
      requirements: ["SEQ-05"],
      level: "MUST",
      basis: "explicit",
      mutants: ["delivers-duplicates"],
    },
    async (t) => {
      const { s, job } = await begun(t);
      const away = [job.makeLog("three"), job.makeLog("four")];
      const old = {
        ...away[0]!,
        seq: 2,
        payload: { ...away[0]!.payload, body: { level: "info", message: "two" } },
      };
      await s.dropAndResume();
      // More than was asked for, as a careful runtime may: what was had before is not told again.
      for (const each of [old, ...away]) s.session.deliver(each);
      job.log("five");
      await s.heard(job, "five");
      t.equal(s.messages(job), ["one", "two", "three", "four", "five"], "events told");
    },
  ),
  clientCheck(
    {
      id: "client/6.3/replay-before-the-welcome",
      requirements: ["RES-13"],
      level: "MUST",
      basis: "W-07",
      mutants: ["early-replay-lost"],
    },
    async (t) => {
      const { s, job } = await begun(t);
      const away = [job.makeLog("three"), job.makeLog("four")];
      s.peer.cut();
      const { peer, hello } = await s.back();
      peer.sessionId = s.session.id;
      s.session.peer = peer;
      for (const each of away) s.session.deliver(each);
      s.session.welcome(peer, hello);
      job.log("five");
      await s.heard(job, "five");
      t.equal(s.messages(job), ["one", "two", "three", "four", "five"], "events told");
      t.equal(s.runtime.waiting, 0, "connections that the client opened anew");
    },
  ),
  clientCheck(
    {
      id: "client/6.3/asks-in-the-other-form",
      requirements: ["RES-07"],
      level: "SHOULD",
      basis: "W-06",
      mutants: ["no-recall"],
    },
    async (t) => {
      const { s, job } = await begun(t);
      s.peer.cut();
      const { peer, hello } = await s.back();
      if (hello.message.type === "session.resume") t.notApplicable("it resumes by session.resume");
      // A runtime that does not know `resume` in a hello opens another session.
      new Session(peer).welcome(peer, hello);
      const again = await peer.expect("session.resume");
      t.equal(
        resumeOf(again)["session_id"] ?? again.message["session_id"],
        s.session.id,
        "session asked for",
      );
      s.session.welcome(peer, hello);
      job.log("three");
      await s.heard(job, "three");
      t.equal(peer.collect("session.resume").length, 1, "number of session.resume");
      t.equal(s.client.news.filter(({ news }) => news === "gap").length, 0, "gaps told");
    },
  ),
  clientCheck(
    {
      id: "client/6.3/forgotten-session-is-a-gap",
      requirements: ["RES-08"],
      level: "MUST",
      basis: "W-06",
      mutants: ["gap-untold"],
    },
    async (t) => {
      const { s } = await begun(t);
      s.peer.cut();
      const { peer, hello } = await s.back();
      const other = new Session(peer);
      other.welcome(peer, hello);
      const next = await Promise.race([
        peer.expect("session.resume").catch(() => undefined),
        gapTold(s).catch(() => undefined),
      ]);
      if (next !== undefined && "text" in next) {
        const payload = { code: "UNAUTHENTICATED", message: "no such session", retryable: false };
        const request_id = (next as Frame).message["id"];
        peer.send("session.error", { ...payload, request_id });
      }
      await gapTold(s);
    },
  ),
  clientCheck(
    {
      id: "client/6.3/expired-window-is-a-gap",
      requirements: ["RES-08"],
      level: "MUST",
      basis: "derived",
      mutants: ["gap-untold"],
    },
    async (t) => {
      const { s, job } = await begun(t);
      s.peer.cut();
      const first = await s.back();
      refuse(s, first.peer, "RESUME_WINDOW_EXPIRED");
      const told = await Promise.race([
        gapTold(s),
        s.back().then(async ({ peer, hello }) => {
          new Session(peer).welcome(peer, hello);
          return gapTold(s);
        }),
      ]);
      t.equal(told.news, "gap", "news");
      await s.client.sync();
      const ends = s.client.news.filter((one) => isOf(one, job, "end"));
      t.ok(
        ends.every(({ status }) => status !== "success"),
        "the job is told to have succeeded",
      );
    },
  ),
  clientCheck(
    {
      id: "client/6.3/superseded-stays-away",
      requirements: ["RES-38"],
      level: "MUST",
      basis: "W-09",
      mutants: ["fights-back"],
    },
    async (t) => {
      const { s } = await begun(t);
      // How long it takes to come back, when it may, tells how long to look whether it stays away.
      const before = s.t.log.now();
      s.peer.cut();
      const { peer, hello } = await s.back();
      const usual = s.t.log.now() - before;
      s.session.welcome(peer, hello);
      await s.fence();
      peer.send("session.closed", { reason: "superseded" });
      peer.close(4009);
      const closed = s.client.told(({ news }) => news === "closed", {
        what: "news of the end",
        within: t.atLeast(3 * usual + 1500),
      });
      const told = await closed.then(
        () => true,
        () => false,
      );
      if (!told) t.notes.push("does not tell its program that it was superseded");
      await s.client.sync();
      t.equal(s.runtime.waiting, 0, "connections after it was superseded");
    },
  ),
  clientCheck(
    {
      id: "client/6.3/repeats-what-was-unanswered",
      requirements: ["RES-17"],
      level: "SHOULD",
      basis: "W-33",
      mutants: ["forgets-unanswered", "fresh-key-on-repeat"],
    },
    async (t) => {
      const s = await t.session();
      const args = { idempotency_key: t.fresh("key"), input: { a: 1 } };
      const { frame, reply } = await s.submitted(args);
      t.equal(frame.message.payload["idempotency_key"], args.idempotency_key, "idempotency_key");
      await s.dropAndResume();
      const again = await s.peer.expect("job.submit");
      t.equal(again.message.payload, frame.message.payload, "payload of the repeated submit");
      const job = s.session.accept(again);
      await s.isAccepted(reply, job);
    },
  ),
] as const;
