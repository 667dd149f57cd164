/**
 * The client opposite runtimes that speak as deployed ones do (W-05, W-06, W-07, W-10, W-36): each has its way to answer a
 * submit, to refuse, to end a job, to resume and to close, and the program notices nothing of it. Runtimes of older drafts are met in older-peers.test.ts.
 */
import { describe, expect, it } from "vitest";
import { scriptedRuntime } from "../testing/index.js";
import type { ScriptedConnection, SeenMessage } from "../testing/index.js";
import { connect } from "./index.js";
import { until } from "./script.test-helper.js";

type Fields = Readonly<Record<string, unknown>>;

const TS = "2026-01-01T00:00:00.000Z";
const ACCEPTED = { lease: {}, accepted_at: TS };

/** How a runtime says what the draft says otherwise. */
interface Dialect {
  /** What names the request in a reply: in the payload, and in the envelope. */
  readonly reply: (request: SeenMessage) => {
    readonly payload?: Fields;
    readonly envelope?: Fields;
  };
  readonly refuse: "session.error" | "job.error";
  /** The payload of a good end. */
  readonly success: (value: unknown) => Fields;
  /** How a cancelled job ends. */
  readonly cancelled: "job.error" | "job.result";
  /** The form of resume that it knows, and whether the replay comes first. */
  readonly resume: "hello" | "message" | "replay first" | "none";
  readonly close: "session.close" | "session.bye" | "nothing";
}

const draft: Dialect = {
  reply: ({ id }) => ({ payload: { request_id: id } }),
  refuse: "session.error",
  success: (result) => ({ result }),
  cancelled: "job.error",
  resume: "hello",
  close: "session.close",
};

const DIALECTS: Readonly<Record<string, Dialect>> = {
  "the draft": draft,
  "replies by reply_to, the replay before the welcome": {
    ...draft,
    reply: ({ id }) => ({ envelope: { reply_to: id } }),
    resume: "replay first",
  },
  "replies that echo the id, refusals as job.error": {
    ...draft,
    reply: ({ id }) => ({ envelope: { id } }),
    refuse: "job.error",
    resume: "message",
    close: "session.bye",
  },
  "replies by correlation_id, output for result": {
    ...draft,
    reply: ({ id }) => ({ envelope: { correlation_id: id } }),
    success: (output) => ({ output }),
    resume: "message",
  },
  "replies by trace_id, value for result, cancelled as job.result": {
    ...draft,
    reply: ({ trace_id }) => ({ envelope: { trace_id } }),
    success: (value) => ({ value }),
    cancelled: "job.result",
    close: "session.bye",
  },
  "replies in the order of the requests, no resume, no goodbye": {
    ...draft,
    reply: () => ({}),
    cancelled: "job.result",
    resume: "none",
    close: "nothing",
  },
};

/** A runtime of one dialect: the few things that these tests have it do. */
class Speaker {
  readonly #dialect: Dialect;
  readonly peer: ScriptedConnection;

  constructor(peer: ScriptedConnection, dialect: Dialect) {
    this.peer = peer;
    this.#dialect = dialect;
    peer.answersClose = false;
  }

  welcome(sessionId: string): Promise<SeenMessage> {
    return this.peer.welcome(sessionId);
  }

  answer(request: SeenMessage, type: string, payload: Fields, envelope: Fields = {}): void {
    const named = this.#dialect.reply(request);
    this.peer.send(type, { ...payload, ...named.payload }, { ...envelope, ...named.envelope });
  }

  refuse(request: SeenMessage, code: string): void {
    const payload = { code, message: "no", detail: { why: "the peer says so" } };
    if (this.#dialect.refuse === "session.error") this.answer(request, "session.error", payload);
    else
      this.answer(
        request,
        "job.error",
        { ...payload, final_status: "error" },
        { job_id: "job_no" },
      );
  }

  succeed(seq: number, jobId: string, value: unknown): void {
    this.peer.result(seq, this.#dialect.success(value), jobId);
  }

  cancel(seq: number, jobId: string): void {
    if (this.#dialect.cancelled === "job.error") {
      this.peer.error(seq, "CANCELLED", "cancelled", jobId);
    } else {
      this.peer.result(seq, { final_status: "cancelled" }, jobId);
    }
  }

  async close(): Promise<void> {
    const asked = await this.peer.next("session.close");
    if (this.#dialect.close === "session.close") {
      this.peer.send("session.closed", { request_id: asked.id });
    } else {
      const unknown = { code: "INVALID_REQUEST", message: "unknown type session.close" };
      this.answer(asked, "session.error", unknown);
      await this.peer.next("session.bye");
      if (this.#dialect.close === "session.bye") this.peer.send("session.bye", {});
    }
    await this.peer.close(1000, "bye");
  }
}

const code = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "it did not fail",
    (error: { code?: string }) => error.code,
  );

describe.each(Object.entries(DIALECTS))("a runtime with %s", (_name, dialect) => {
  async function opened() {
    const script = scriptedRuntime();
    const gaps: { readonly reason: string }[] = [];
    const opening = connect(script.dial, {
      reconnect: { minDelayMs: 1, maxDelayMs: 2 },
      on: { gap: (gap) => void gaps.push(gap) },
    });
    const speaker = new Speaker(await script.connection(), dialect);
    await speaker.welcome("sess_1");
    return { client: await opening, script, speaker, gaps };
  }

  it("answers two submits, refuses a third, and ends both jobs", async () => {
    const { client, speaker } = await opened();
    const { peer } = speaker;
    const asked = [client.submit("a", 1), client.submit("a", 2)] as const;
    const submits = [await peer.next("job.submit"), await peer.next("job.submit")];
    for (const [at, submit] of submits.entries()) {
      speaker.answer(submit, "job.accepted", ACCEPTED, { job_id: `job_${at + 1}` });
    }
    const [one, two] = await Promise.all(asked);
    expect([one.id, two.id]).toEqual(["job_1", "job_2"]);

    const third = code(client.submit("b", 3));
    speaker.refuse(await peer.next("job.submit"), "AGENT_NOT_AVAILABLE");
    expect(await third).toBe("AGENT_NOT_AVAILABLE");
    // What is refused harms one call, and no job.
    expect([one.finalStatus, two.finalStatus]).toEqual([undefined, undefined]);

    peer.event(1, "log", { level: "info", message: "hello" }, "job_2");
    speaker.succeed(2, "job_2", { n: 2 });
    expect(await two.result()).toEqual({ n: 2 });

    const cancelling = one.cancel("enough");
    const cancel = await peer.next("job.cancel");
    speaker.answer(cancel, "job.cancelled", { job_id: "job_1" }, { job_id: "job_1" });
    speaker.cancel(3, "job_1");
    await cancelling;
    expect(await code(one.result())).toBe("CANCELLED");
    await Promise.all([client.close(), speaker.close()]);
  });

  it("resumes in its own form, or the gap is told", async () => {
    const { client, script, speaker, gaps } = await opened();
    const submitting = client.submit("a");
    const submit = await speaker.peer.next("job.submit");
    speaker.answer(submit, "job.accepted", ACCEPTED, { job_id: "job_1" });
    const job = await submitting;
    speaker.peer.event(1);
    await until(() => job.status === "running");
    speaker.peer.drop();

    const next = new Speaker(await script.connection(), dialect);
    const { peer } = next;
    const resume = { resume_token: "rt_1", last_event_seq: 1 };
    if (dialect.resume === "hello") {
      const hello = await next.welcome("sess_1");
      expect(hello.payload["resume"]).toMatchObject({ ...resume, session_id: "sess_1" });
      peer.event(2);
    } else if (dialect.resume === "replay first") {
      await peer.next("session.hello");
      peer.event(2);
      peer.send("session.hello", {}); // and a word that no runtime says, which is passed over
      peer.sessionId = "sess_1";
      peer.send("session.welcome", {
        ...{ runtime: { name: "script", version: "1" }, resume_token: "rt_2" },
        ...{ resume_window_sec: 600, capabilities: { encodings: ["json"] } },
      });
    } else {
      await next.welcome("sess_2");
      const asked = await peer.next("session.resume");
      expect(asked.payload).toMatchObject(resume);
      if (dialect.resume === "message") {
        peer.sessionId = "sess_1";
        peer.send("session.welcome", {
          ...{ runtime: { name: "script", version: "1" }, resume_token: "rt_2" },
          ...{ resume_window_sec: 600, capabilities: { encodings: ["json"] } },
        });
        peer.event(2);
      } else {
        next.answer(asked, "session.error", { code: "INVALID_REQUEST", message: "unknown type" });
      }
    }
    if (dialect.resume === "none") {
      expect(await code(job.result())).toBe("GAP");
      expect(client.session.id).toBe("sess_2");
      await until(() => gaps.length > 0);
      expect(gaps.map(({ reason }) => reason)).toEqual(["forgotten"]);
    } else {
      next.succeed(3, "job_1", "done");
      const seqs: number[] = [];
      for await (const { seq } of job) seqs.push(seq);
      expect(seqs).toEqual([1, 2]);
      expect(await job.result()).toBe("done");
      expect(client.session).toMatchObject({ id: "sess_1", resumed: 1 });
      expect(gaps).toEqual([]);
    }
    await Promise.all([client.close(), next.close()]);
  });
});

describe("what a peer says that nobody asked for", () => {
  it.each<[string, (peer: ScriptedConnection) => unknown]>([
    [
      "an error without any name",
      (peer) => peer.send("session.error", { code: "INTERNAL_ERROR", message: "oops" }),
    ],
    [
      "an error about another's request",
      (peer) =>
        peer.send("session.error", {
          code: "JOB_NOT_FOUND",
          message: "no",
          request_id: "msg_other",
        }),
    ],
    ["a frame that is no JSON", (peer) => peer.sendText("{")],
    [
      "an event with a fault",
      (peer) => peer.send("job.event", { kind: 7 }, { job_id: "job_1", event_seq: 1 }),
    ],
    ["a type that is not known", (peer) => peer.send("job.paused", {}, { job_id: "job_1" })],
    [
      "a message of another session",
      (peer) =>
        peer.send(
          "job.result",
          { final_status: "success" },
          { job_id: "job_1", event_seq: 1, session_id: "sess_9" },
        ),
    ],
    [
      "a child's acceptance",
      (peer) =>
        peer.send(
          "job.accepted",
          { ...ACCEPTED, parent_job_id: "job_1", delegate_id: "d" },
          { job_id: "job_2" },
        ),
    ],
  ])("%s harms no call and no job", async (_what, say) => {
    const script = scriptedRuntime();
    const opening = connect(script.dial, { reconnect: false });
    const peer = await script.connection();
    await peer.welcome();
    const client = await opening;
    const [job] = await Promise.all([client.submit("a"), peer.accept()]);
    const waiting = [client.submit("a", 2), client.ping()] as const;
    const [submit, ping] = [await peer.next("job.submit"), await peer.next("session.ping")];
    say(peer);
    peer.send("job.accepted", { ...ACCEPTED, request_id: submit.id }, { job_id: "job_3" });
    peer.send("session.pong", { ping_nonce: ping.payload["nonce"], received_at: TS });
    expect((await waiting[0]).id).toBe("job_3");
    await waiting[1];
    peer.event(2).result(3, { result: "well" });
    expect(await job.result()).toBe("well");
    await client.close();
  });

  it("DUPLICATE_KEY on a job that is well refuses the submit that was made last, and not the job", async () => {
    const script = scriptedRuntime();
    const opening = connect(script.dial, { reconnect: false });
    const peer = await script.connection();
    await peer.welcome();
    const client = await opening;
    const [job] = await Promise.all([client.submit("a"), peer.accept()]);
    const refused = code(client.submit("a", 2, { idempotencyKey: "k" }));
    await peer.next("job.submit");
    peer.error(1, "DUPLICATE_KEY", "error");
    expect(await refused).toBe("DUPLICATE_KEY");
    peer.result(2, { result: "well" });
    expect(await job.result()).toBe("well");
    await client.close();
  });
});
