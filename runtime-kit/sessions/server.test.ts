import { describe, expect, it } from "vitest";
import { features as flags } from "../../generated/current/index.js";
import type { ClientToRuntime, Feature, Message } from "../../generated/current/index.js";
import { decode } from "../wire/decode.js";
import { missingFeature } from "./gates.js";
import { afterSent } from "./liveness.js";
import { numberEntries } from "./numbering.js";
import { refuseResume } from "./resume.js";
import type { Resumable, ResumeRequest } from "./resume.js";
import { newSession, sessionDeadline, sessionExpiry, stepSession } from "./server.js";
import type { SessionEffect, SessionState } from "./server.js";

const options = { heartbeatMs: 30_000, resumeWindowMs: 600_000 };
const at = (ms: number) => ({ monotonic: ms, wall: 1_700_000_000_000 + ms });
const ALL: readonly Feature[] = ["heartbeat", "ack", "list_jobs"];

function attached(features: readonly Feature[] = ALL): SessionState {
  const state = newSession({ id: "sess_1", principal: "me", version: "1.1", features }, at(0));
  attach(state, 1);
  return state;
}

function attach(
  state: SessionState,
  connection: number,
  usedTokenHash?: string,
  cursor = 0,
  ms = 0,
) {
  return stepSession(
    state,
    {
      type: "attached",
      connection,
      version: "1.1",
      cursor,
      newTokenHash: `hash${connection}`,
      ...(usedTokenHash === undefined ? {} : { usedTokenHash }),
    },
    at(ms),
    options,
  );
}

function say(state: SessionState, message: object, ms = 0, connection = 1): SessionEffect[] {
  const decoded = decode(JSON.stringify({ arcp: "1.1", id: "m1", payload: {}, ...message }));
  return stepSession(state, { type: "frame", connection, decoded }, at(ms), options);
}

function drafts(effects: readonly SessionEffect[]) {
  return effects.flatMap((effect) => (effect.do === "send" ? [effect.draft] : []));
}

const time = (state: SessionState, ms: number) =>
  stepSession(state, { type: "time", nonce: "n1" }, at(ms), options);

describe("heartbeat", () => {
  it("HB-02 pings when nothing was sent for an interval, and not before", () => {
    const state = attached();
    expect(sessionDeadline(state, options)).toBe(30_000);
    expect(time(state, 29_999)).toEqual([]);
    expect(drafts(time(state, 30_000))).toMatchObject([
      { type: "session.ping", payload: { nonce: "n1" } },
    ]);
    expect(sessionDeadline(state, options)).toBe(60_000);
  });

  it("HB-05 HB-07 gives up a peer that said nothing at all for two intervals", () => {
    const state = attached();
    say(state, { type: "x-vendor.any" }, 10_000);
    time(state, 30_000);
    expect(time(state, 60_000).some((effect) => effect.do === "close")).toBe(false);
    expect(time(state, 70_000)).toMatchObject([{ do: "close", reason: "HEARTBEAT_LOST" }]);
  });

  it("HB-02 HB-05 asks a peer that only listens, however much it is sent, before it is given up", () => {
    const state = attached();
    const sent = (ms: number) => afterSent(state.liveness, at(ms));
    sent(20_000);
    expect(sessionDeadline(state, options)).toBe(30_000);
    expect(drafts(time(state, 30_000))).toMatchObject([{ type: "session.ping" }]);
    sent(45_000);
    expect(sessionDeadline(state, options)).toBe(60_000);
    say(state, { type: "session.pong", payload: { ping_nonce: "n1" } }, 50_000);
    sent(70_000);
    expect(drafts(time(state, 80_000))).toMatchObject([{ type: "session.ping" }]);
    sent(100_000);
    expect(time(state, 110_000)).toMatchObject([{ do: "close", reason: "HEARTBEAT_LOST" }]);
  });

  it("HB-05 gives up once, and wants no further call however long the connection takes to end", () => {
    const state = attached();
    time(state, 60_000);
    expect(sessionDeadline(state, options)).toBeUndefined();
  });

  it("HB-03 HB-04 HELLO-16 answers a ping with its nonce, negotiated or not", () => {
    for (const state of [attached(), attached([])]) {
      const [pong] = drafts(say(state, { type: "session.ping", payload: { nonce: "abc" } }));
      expect(pong).toMatchObject({ type: "session.pong", payload: { ping_nonce: "abc" } });
    }
  });

  it("keeps no time without the feature", () => {
    const state = attached([]);
    expect(sessionDeadline(state, options)).toBeUndefined();
    expect(time(state, 1e9)).toEqual([]);
  });
});

describe("ack", () => {
  it("ACK-10 clamps an acknowledgement beyond the newest, and never goes back", () => {
    const state = attached();
    numberEntries(state, "job_1", 0, 5);
    say(state, { type: "session.ack", payload: { last_processed_seq: 99 } });
    expect(state.acked).toBe(5);
    say(state, { type: "session.ack", payload: { last_processed_seq: 2 } });
    expect(state.acked).toBe(5);
  });
});

describe("resume tokens", () => {
  const tokensAfter = (act: (state: SessionState) => void) => {
    const state = attached();
    numberEntries(state, "job_1", 0, 3);
    attach(state, 2, "hash1", 1);
    act(state);
    return state.tokens;
  };

  it("RES-23 the used token stays good while the welcome may be lost", () => {
    expect(tokensAfter(() => {})).toEqual({ current: "hash2", previous: "hash1" });
    const chatter = tokensAfter((state) => void say(state, { type: "session.list_jobs" }, 0, 2));
    expect(chatter.previous).toBe("hash1");
  });

  it("RES-23 an ack of a replayed event ends it, an ack of what was had before does not", () => {
    const ack = (seq: number) => (state: SessionState) =>
      void say(state, { type: "session.ack", payload: { last_processed_seq: seq } }, 0, 2);
    expect(tokensAfter(ack(1)).previous).toBe("hash1");
    expect(tokensAfter(ack(2)).previous).toBeUndefined();
  });

  it("RES-23 a pong to a ping of this connection ends it, any other does not", () => {
    const pong = (nonce: string) => (state: SessionState) => {
      time(state, 40_000);
      say(state, { type: "session.pong", payload: { ping_nonce: nonce } }, 40_001, 2);
    };
    expect(tokensAfter(pong("other")).previous).toBe("hash1");
    expect(tokensAfter(pong("n1")).previous).toBeUndefined();
  });
});

describe("takeover", () => {
  it("RES-33 RES-36 the latest resume owns the session; the old connection is not heard", () => {
    const state = attached();
    expect(attach(state, 2, "hash1")).toMatchObject([
      { do: "persist" },
      { do: "supersede", connection: 1 },
      { do: "deliver", cursor: 0 },
    ]);
    expect(say(state, { type: "session.ping", payload: { nonce: "x" } }, 0, 1)).toEqual([]);
    expect(stepSession(state, { type: "dropped", connection: 1 }, at(0), options)).toEqual([]);
    expect(state.phase).toBe("attached");
  });
});

describe("refuseResume", () => {
  const session: Resumable = {
    id: "sess_1",
    principal: "me",
    features: ["ack"],
    tokens: { current: "new", previous: "old" },
    nextSeq: 11,
    oldestSeq: 4,
    expired: false,
  };
  const request = (
    change: Partial<ResumeRequest & { principal: string; tokenHash: string }> = {},
  ) => ({
    sessionId: "sess_1",
    token: "",
    tokenHash: "new",
    principal: "me",
    lastEventSeq: 10,
    features: undefined,
    ...change,
  });
  const code = (...change: Parameters<typeof request>) =>
    refuseResume(session, request(...change))?.code;

  it("RES-14 fully caught up is a success", () => {
    expect(code()).toBeUndefined();
    expect(code({ tokenHash: "old", lastEventSeq: 3 })).toBeUndefined();
  });

  it("RES-25 unknown session, wrong token and foreign principal are one answer", () => {
    const answers = [
      refuseResume(undefined, request()),
      refuseResume(session, request({ tokenHash: "bad" })),
      refuseResume(session, request({ principal: "you" })),
      refuseResume({ ...session, expired: true }, request({ principal: "you" })),
    ];
    expect(new Set(answers.map((error) => JSON.stringify(error?.toPayload()))).size).toBe(1);
    expect(answers[0]?.code).toBe("UNAUTHENTICATED");
  });

  it("RES-26 RES-27 RES-28 tells a gone window from a cursor that never was", () => {
    expect(refuseResume(session, request({ lastEventSeq: 2 }))).toMatchObject({
      code: "RESUME_WINDOW_EXPIRED",
      details: { reason: "discarded" },
    });
    expect(refuseResume({ ...session, expired: true }, request())).toMatchObject({
      code: "RESUME_WINDOW_EXPIRED",
      details: { reason: "expired" },
    });
    expect(code({ lastEventSeq: 11 })).toBe("INVALID_REQUEST");
  });

  it("RES-15 RES-16 features stay; a set that lacks one is refused", () => {
    expect(code({ features: ["ack", "subscribe"] })).toBeUndefined();
    expect(code({ features: [] })).toBe("INVALID_REQUEST");
  });
});

describe("gates", () => {
  const submit = (payload: object): Message<"job.submit"> => ({
    arcp: "1.1",
    id: "m",
    type: "job.submit",
    payload: { agent: "a", ...payload },
  });

  it("HELLO-15 finds the feature by type, field, namespace and version suffix", () => {
    const list = { arcp: "1.1", id: "m", type: "session.list_jobs", payload: {} } as const;
    expect(missingFeature(list, [])).toBe("list_jobs");
    expect(missingFeature(list, ["list_jobs"])).toBeUndefined();
    expect(missingFeature(submit({}), [])).toBeUndefined();
    expect(missingFeature(submit({ agent: "a@1" }), [])).toBe("agent_versions");
    expect(missingFeature(submit({ lease_request: { "cost.budget": [] } }), [])).toBe(
      "cost.budget",
    );
    expect(missingFeature(submit({ lease_constraints: { expires_at: "x" } }), [])).toBe(
      "lease_expires_at",
    );
    expect(missingFeature(submit({ lease_constraints: {} }), [])).toBeUndefined();
  });

  it.each([
    ["heartbeat", "session.ping", { nonce: "n", sent_at: "2026-01-01T00:00:00Z" }],
    ["heartbeat", "session.pong", { ping_nonce: "n", received_at: "2026-01-01T00:00:00Z" }],
    ["ack", "session.ack", { last_processed_seq: 1 }],
    ["list_jobs", "session.list_jobs", {}],
    ["subscribe", "job.subscribe", { job_id: "j" }],
    ["subscribe", "job.unsubscribe", { job_id: "j" }],
    ["lease_expires_at", "job.submit", { agent: "a", lease_constraints: { expires_at: "x" } }],
    ["cost.budget", "job.submit", { agent: "a", lease_request: { "cost.budget": [] } }],
    ["model.use", "job.submit", { agent: "a", lease_request: { "model.use": [] } }],
    ["agent_versions", "job.submit", { agent: "a@1" }],
  ] as const)("HELLO-15 needs %s for a %s", (feature, type, payload) => {
    const message = { arcp: "1.1", id: "m", type, payload } as ClientToRuntime;
    const others = Object.keys(flags).filter((one): one is Feature => one !== feature);
    expect(missingFeature(message, others)).toBe(feature);
    expect(missingFeature(message, [feature])).toBeUndefined();
  });

  it("HELLO-15 HELLO-17 refuses requests, ignores acks", () => {
    const [error] = drafts(say(attached([]), { type: "session.list_jobs" }));
    expect(error).toMatchObject({
      payload: { code: "INVALID_REQUEST", request_id: "m1", details: { feature: "list_jobs" } },
    });
    expect(say(attached([]), { type: "session.ack", payload: { last_processed_seq: 1 } })).toEqual(
      [],
    );
  });
});

describe("frames", () => {
  const codeOf = (message: object, state = attached()) => drafts(say(state, message))[0]?.payload;

  it("ENC-22 ENC-23 answers unknown types, ignores vendors'", () => {
    expect(codeOf({ type: "job.dance" })).toMatchObject({
      code: "INVALID_REQUEST",
      request_id: "m1",
    });
    expect(say(attached(), { type: "x-vendor.acme.dance" })).toEqual([]);
    const theirs = { type: "job.accepted", job_id: "j", payload: { lease: {}, accepted_at: "t" } };
    expect(codeOf(theirs)).toMatchObject({ code: "INVALID_REQUEST" });
  });

  it.each([
    ["session.welcome", {}],
    ["session.jobs", {}],
    ["session.error", { code: 5 }],
    ["job.event", { kind: "metric", body: {} }],
    ["job.accepted", {}],
    ["job.accepted", { lease: {}, accepted_at: "2026-01-01T00:00:00Z" }],
    ["job.result", []],
    ["job.subscribed", "x"],
  ])("ENC-22 says whose %s is, whatever stands in it: %j", (type, payload) => {
    for (const job_id of ["j", undefined]) {
      expect(codeOf({ type, job_id, payload })).toMatchObject({
        code: "INVALID_REQUEST",
        request_id: "m1",
        message: `only a runtime sends ${type}`,
      });
    }
  });

  it("ENC-22 says what is wrong with what a client may send, and with another protocol", () => {
    const ping = codeOf({ type: "session.ping", payload: {} });
    expect(ping).toMatchObject({ message: expect.stringContaining("/payload/nonce: expected") });
    const other = codeOf({ arcp: "9", type: "session.welcome", payload: {} });
    expect(other).toMatchObject({ details: { path: "/arcp" } });
  });

  it("ENV-10 ENV-11 session_id may be absent, never foreign", () => {
    const ping = { type: "session.ping", payload: { nonce: "n" } };
    expect(codeOf({ ...ping, session_id: "sess_2" })).toMatchObject({ code: "INVALID_REQUEST" });
    expect(codeOf({ ...ping, session_id: "sess_1" })).toMatchObject({ ping_nonce: "n" });
  });

  it("HELLO-08 a second hello is refused and the session lives on", () => {
    const state = attached();
    const hello = { type: "session.hello", payload: { client: { name: "a", version: "1" } } };
    expect(codeOf(hello, state)).toMatchObject({ code: "INVALID_REQUEST" });
    expect(state.phase).toBe("attached");
  });

  it("CLOSE-02 CLOSE-03 CLOSE-07 close and bye end the connection, not the session", () => {
    for (const type of ["session.close", "session.bye"]) {
      const state = attached();
      expect(say(state, { type, payload: { reason: "done" } })).toMatchObject([
        {
          do: "goodbye",
          draft: { type: "session.closed", payload: { request_id: "m1", reason: "done" } },
        },
      ]);
      // CLOSE-04: what comes after it is not heard.
      expect(say(state, { type: "session.ping", payload: { nonce: "n" } })).toEqual([]);
      stepSession(state, { type: "dropped", connection: 1 }, at(5), options);
      expect(state.phase).toBe("closed");
      expect(attach(state, 2, "hash1")).toMatchObject([{ do: "persist" }, { do: "deliver" }]);
    }
  });

  it("RES-05 session.resume moves an empty session only", () => {
    const resume = {
      type: "session.resume",
      payload: { session_id: "sess_0", resume_token: "t", last_event_seq: 0 },
    };
    expect(say(attached(), resume)).toMatchObject([{ do: "resume" }]);
    const used = attached();
    say(used, { type: "session.list_jobs" });
    expect(codeOf(resume, used)).toMatchObject({ code: "INVALID_REQUEST" });
  });
});

describe("expiry", () => {
  it("CLOSE-02 does not come between a session's close and its goodbye", () => {
    const state = attached();
    say(state, { type: "session.close" }, 5_000_000);
    expect(sessionExpiry(state, options)).toBeUndefined();
    stepSession(state, { type: "dropped", connection: 1 }, at(5_000_001), options);
    expect(sessionExpiry(state, options)).toBe(5_600_001);
  });

  it("RES-39 RES-41 lasts for the window after the drop, and as long as it numbers a job", () => {
    const state = attached();
    expect(sessionExpiry(state, options)).toBeUndefined();
    stepSession(state, { type: "dropped", connection: 1 }, at(1000), options);
    expect(sessionExpiry(state, options)).toBe(601_000);
    state.jobs = 1;
    expect(sessionExpiry(state, options)).toBeUndefined();
  });
});
