import { describe, expect, it } from "vitest";
import { decode } from "../wire/decode.js";
import { printable } from "../wire/text.js";
import { connectionDeadline, newConnection, stepConnection } from "./connection.js";

const at = (ms: number) => ({ monotonic: ms, wall: ms });

function greet(text: string) {
  const state = newConnection(at(0), 5000);
  const input = { type: "frame", decoded: decode(text) } as const;
  return { state, effects: stepConnection(state, input, at(1)) };
}

const hello = (payload: object) =>
  JSON.stringify({
    arcp: "1.1",
    id: "h1",
    type: "session.hello",
    payload: { client: { name: "c", version: "1" }, ...payload },
  });

describe("a connection before its session", () => {
  it("HELLO-03 is refused when nothing came in time", () => {
    const state = newConnection(at(0), 5000);
    expect(connectionDeadline(state)).toBe(5000);
    expect(stepConnection(state, { type: "time" }, at(4999))).toEqual([]);
    expect(stepConnection(state, { type: "time" }, at(5000))).toMatchObject([{ do: "refuse" }]);
    expect(connectionDeadline(state)).toBeUndefined();
  });

  it("AUTH-01 AUTH-05 hands the bearer token to the verifier, and no other scheme's", () => {
    expect(greet(hello({ auth: { scheme: "bearer", token: "t" } })).effects).toEqual([
      { do: "verify", token: "t" },
    ]);
    expect(greet(hello({ auth: { scheme: "basic", token: "t" } })).effects).toEqual([
      { do: "verify", token: undefined },
    ]);
  });

  it("AUTH-03 an unknown principal is refused under the id of its hello", () => {
    const { state } = greet(hello({ auth: { scheme: "bearer", token: "t" } }));
    const effects = stepConnection(state, { type: "verified", identity: undefined }, at(2));
    expect(effects).toMatchObject([
      { do: "refuse", requestId: "h1", error: { code: "UNAUTHENTICATED" } },
    ]);
    expect(
      stepConnection(state, { type: "verified", identity: { principal: "me", scopes: [] } }, at(3)),
    ).toEqual([]);
  });

  it.each([
    [
      "HELLO-02 another message",
      '{"arcp":"1.1","id":"x","type":"session.ping","payload":{"nonce":"n"}}',
    ],
    ["HELLO-02 a vendor's message", '{"arcp":"1.1","id":"x","type":"x-vendor.a","payload":{}}'],
    ["ENC-08 rubbish", "rubbish"],
  ])("%s is refused", (_name, text) => {
    const { state, effects } = greet(text);
    expect(effects).toMatchObject([{ do: "refuse", error: { code: "INVALID_REQUEST" } }]);
    expect(state.phase).toBe("closed");
  });

  it("HELLO-02 repeats nothing of somebody who is not known", () => {
    const first = (type: string) =>
      JSON.stringify(greet(`{"arcp":"1.1","id":"x","type":"${type}","payload":{}}`).effects);
    expect(first("sk-canary")).not.toContain("canary");
    expect(first("session.list_jobs")).toContain("not with session.list_jobs");
  });

  it("ENC-22 says whose a message is that no client sends, malformed or not", () => {
    const { effects } = greet('{"arcp":"1.1","id":"x","type":"session.welcome","payload":{}}');
    const error = { reason: "only a runtime sends session.welcome" };
    expect(effects).toMatchObject([{ do: "refuse", requestId: "x", error }]);
  });

  it("ENC-15 refuses a first frame that is too long without reading it", () => {
    const state = newConnection(at(0), 5000);
    expect(stepConnection(state, { type: "oversized" }, at(1))).toMatchObject([
      { do: "refuse", error: { code: "INVALID_REQUEST" } },
    ]);
  });

  it("AUTH-03 a verifier that hangs does not keep the connection beyond its deadline", () => {
    const { state } = greet(hello({ auth: { scheme: "bearer", token: "t" } }));
    expect(connectionDeadline(state)).toBe(5000);
    expect(stepConnection(state, { type: "time" }, at(5000))).toMatchObject([
      { do: "refuse", error: { code: "UNAUTHENTICATED" }, requestId: "h1" },
    ]);
  });

  it("RES-02 RES-03 reads both forms of resume", () => {
    const resume = { session_id: "sess_1", resume_token: "r", last_event_seq: 4 };
    const auth = { scheme: "bearer", token: "t" };
    const byHello = greet(hello({ auth, resume, capabilities: { features: ["ack"] } })).state;
    expect(byHello.opening?.resume).toEqual({
      sessionId: "sess_1",
      token: "r",
      lastEventSeq: 4,
      features: ["ack"],
    });
    const message = { arcp: "1.1", id: "h1", type: "session.resume", payload: { ...resume, auth } };
    expect(greet(JSON.stringify(message)).state.opening?.resume).toMatchObject({
      features: undefined,
    });
  });
});

it("printable keeps control characters and floods out of messages", () => {
  expect(printable("a\u001b[31m\n")).toBe('"a?[31m?"');
  expect(printable("x".repeat(100)).length).toBeLessThan(70);
});
