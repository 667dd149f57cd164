import { describe, expect, it } from "vitest";
import { decode } from "./decode.js";

const ping = { arcp: "1.1", id: "m1", type: "session.ping", payload: { nonce: "n" } };
const submit = { arcp: "1.1", id: "m2", type: "job.submit", payload: { agent: "echo" } };

function faultOf(value: unknown) {
  const decoded = decode(typeof value === "string" ? value : JSON.stringify(value));
  if (decoded.ok) throw new Error("accepted");
  return decoded.fault;
}

describe("decode", () => {
  it("reads a message of the revision", () => {
    const decoded = decode(JSON.stringify(ping));
    expect(decoded).toMatchObject({ ok: true, known: true, message: ping });
  });

  it("keeps what it does not know (W-12)", () => {
    const decoded = decode(JSON.stringify({ ...ping, type: "x-vendor.acme.hello", extra: 1 }));
    expect(decoded).toMatchObject({ ok: true, known: false, message: { extra: 1 } });
  });

  it("says where a field is wrong, in which section, and for which request (W-13)", () => {
    expect(faultOf({ ...submit, payload: { agent: 7 } })).toMatchObject({
      code: "INVALID_REQUEST",
      requestId: "m2",
      details: { path: "/payload/agent", section: "7.1" },
    });
  });

  it("names a request whose id is long in UTF-16 and not in characters (ENV-07, SERR-02)", () => {
    const id = "😀".repeat(128);
    expect(faultOf({ ...submit, id, payload: {} }).requestId).toBe(id);
    expect(faultOf({ ...submit, id: `${id}a`, payload: {} }).requestId).toBeUndefined();
  });

  it("says the names of members without their control characters, and points at them as they are", () => {
    const lease_request = { "a\u001b[2J\u0085": 1 };
    const fault = faultOf({ ...submit, payload: { agent: "a", lease_request } });
    expect(fault.message).toContain("/payload/lease_request/a?[2J?: expected array");
    expect(fault.details["path"]).toBe("/payload/lease_request/a\u001b[2J\u0085");
    const input = faultOf(
      JSON.stringify({ ...submit, payload: { agent: "a", input: { "\u001b": 0 } } }).replace(
        ":0}",
        ":1e999}",
      ),
    );
    expect(input.message).toMatch(/^\/payload\/input\/\?: a number/);
  });

  it("does not echo what it was sent", () => {
    const fault = faultOf({ ...submit, payload: { agent: "s3cret token!" } });
    expect(JSON.stringify(fault)).not.toContain("s3cret");
    expect(JSON.stringify(faultOf('{"s3cret": '))).not.toContain("s3cret");
  });

  it("names the supported versions to a peer of another one (W-01)", () => {
    const fault = faultOf({ ...ping, arcp: "2.0" });
    expect(fault.details).toMatchObject({
      path: "/arcp",
      supported: expect.arrayContaining(["1.1"]),
    });
    expect(decode(JSON.stringify({ ...ping, arcp: "1" })).ok).toBe(true);
    expect(decode(JSON.stringify({ ...ping, arcp: "1.7" })).ok).toBe(true);
  });

  it.each([
    ["id", "/id", { id: "x".repeat(129) }],
    ["type", "/type", { type: "x".repeat(129) }],
    [
      "token",
      "/payload/auth/token",
      {
        type: "session.hello",
        payload: {
          client: { name: "c", version: "1" },
          auth: { scheme: "bearer", token: "x".repeat(8193) },
        },
      },
    ],
    [
      "number",
      "/payload/last_processed_seq",
      { type: "session.ack", payload: { last_processed_seq: 2 ** 53 } },
    ],
  ])("ENC-26 refuses a %s beyond its bound, where it stands", (_what, path, more) => {
    expect(faultOf({ ...ping, ...more })).toMatchObject({
      code: "INVALID_REQUEST",
      details: { path },
    });
  });

  it("ENV-13 ENV-14 takes the trace id out of a traceparent, and drops what is none (W-04)", () => {
    const id = "4bf92f3577b34da6a3ce929d0e0e4736";
    const traceOf = (trace_id: unknown) => {
      const decoded = decode(JSON.stringify({ ...ping, trace_id }));
      return decoded.ok ? decoded.message.trace_id : "fault";
    };
    expect(traceOf(id)).toBe(id);
    expect(traceOf(`00-${id}-00f067aa0ba902b7-01`)).toBe(id);
    expect(traceOf("nonsense")).toBeUndefined();
    expect(traceOf(12)).toBeUndefined();
    expect(traceOf("0".repeat(32))).toBeUndefined();
  });

  it("takes job_id from either place, and refuses two that differ (W-16)", () => {
    const cancel = { arcp: "1.1", id: "m3", type: "job.cancel", payload: {} };
    for (const form of [
      { ...cancel, job_id: "job_1" },
      { ...cancel, payload: { job_id: "job_1" } },
    ]) {
      const decoded = decode(JSON.stringify(form));
      expect(decoded).toMatchObject({
        message: { job_id: "job_1", payload: { job_id: "job_1" } },
      });
    }
    expect(faultOf({ ...cancel, job_id: "job_1", payload: { job_id: "job_2" } })).toMatchObject({
      details: { path: "/job_id" },
    });
    expect(faultOf(cancel).details).toMatchObject({ path: "/job_id" });
  });

  it("says of a job_id that is none where it stands, and compares every one that is", () => {
    const cancel = { arcp: "1.1", id: "m3", type: "job.cancel", payload: { job_id: 7 } };
    for (const form of [cancel, { ...cancel, job_id: "job_1" }]) {
      expect(faultOf(form).details).toMatchObject({ path: "/payload/job_id", keyword: "type" });
    }
    const wide = "😀".repeat(128);
    const payload = { job_id: wide };
    expect(decode(JSON.stringify({ ...cancel, payload }))).toMatchObject({
      message: { job_id: wide },
    });
    expect(faultOf({ ...cancel, job_id: "job_1", payload }).details).toMatchObject({
      path: "/job_id",
      section: "5.1",
    });
  });

  it("refuses nesting before parsing it, and numbers that JSON cannot hold", () => {
    const deep = `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    expect(faultOf(deep).message).toContain("deeper");
    const strings = JSON.stringify({ ...submit, payload: { agent: "a", input: "[".repeat(500) } });
    expect(decode(strings).ok).toBe(true);
    const big =
      '{"arcp":"1.1","id":"m","type":"job.submit","payload":{"agent":"a","input":{"b/c":[1e400]}}}';
    expect(faultOf(big).details).toMatchObject({ path: "/payload/input/b~1c/0" });
  });

  it("SERR-02 reads the id of what is too deep to be parsed, if it stands among the first members", () => {
    const deep = `"payload":{"agent":"a","input":${"[".repeat(100)}${"]".repeat(100)}}`;
    const idOf = (head: string) => faultOf(`${head}${deep}}`).requestId;
    expect(idOf('{"arcp":"1.1","id":"msg_1","type":"job.submit",')).toBe("msg_1");
    expect(idOf(' { "n" : -1.5e3 , "t" : true , "i\\u0064" : "m \\"1\\"" , ')).toBe('m "1"');
    expect(idOf('{"type":"job.submit","x":"\\"id\\":\\"no\\",",')).toBeUndefined();
    expect(idOf('{"id":5,')).toBeUndefined();
    expect(idOf('{"id":"\\x",')).toBeUndefined();
    expect(idOf('{"x":{},"id":"msg_1",')).toBeUndefined();
    expect(idOf(`{"x":"${"y".repeat(2000)}","id":"msg_1",`)).toBeUndefined();
    expect(idOf(`{"id":"${"y".repeat(200)}",`)).toBeUndefined();
  });

  it("treats names of Object's own members as data", () => {
    for (const type of ["__proto__", "constructor", "toString"]) {
      expect(decode(JSON.stringify({ ...ping, type }))).toMatchObject({ ok: true, known: false });
    }
    const polluted = decode(
      '{"arcp":"1.1","id":"m","type":"session.ping","payload":{"nonce":"n"},"__proto__":{"x":1}}',
    );
    expect(polluted.ok).toBe(true);
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  it.each(["", "null", "[]", "7", '"text"', "{}", "{", "\u0000"])("refuses %j", (text) => {
    expect(faultOf(text).code).toBe("INVALID_REQUEST");
  });
});
