import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { frameBuilder } from "./encode.js";
import { equalInConstantTime } from "./equal.js";
import { ArcpError } from "./errors.js";
import { eventIds, messageIds, ulid } from "./ids.js";
import { checkEvent } from "./check.js";
import { timestamp } from "./time.js";
import { fitsBytes, pieces, utf8Length } from "./utf8.js";

const zeros = (length: number) => new Uint8Array(length);
const ones = (length: number) => new Uint8Array(length).fill(255);
const bytes = (text: string) => new TextEncoder().encode(text).length;

describe("ids", () => {
  it("are ULIDs of their time", () => {
    expect(ulid(0, zeros)).toBe("0".repeat(26));
    expect(ulid(1_469_918_176_385, zeros)).toMatch(/^01ARYZ6S41/);
    expect(ulid(Date.now(), ones)).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
  });

  it("ascend in one connection, also when the clock stands still or goes back (W-02)", () => {
    let wall = 1000;
    const next = messageIds({ wall: () => wall }, ones);
    const made = [];
    for (let at = 0; at < 1000; at++) {
      wall = at % 3 === 0 ? 1000 : 999;
      made.push(next());
    }
    expect([...made].sort()).toEqual(made);
    expect(new Set(made).size).toBe(1000);
    expect(made[0]).toMatch(/^msg_[0-9A-HJKMNP-TV-Z]{26}$/);
  });

  it("of events derive from job and index", () => {
    const id = eventIds(`job_${ulid(5, ones)}`);
    expect(id(3)).toBe(id(3));
    expect(id(3)).toMatch(/^msg_[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(id(3) < id(4) && id(99) < id(100)).toBe(true);
  });
});

describe("frameBuilder", () => {
  it("joins what JSON.stringify would have made", () => {
    const body = { kind: "log", ts: "t", body: { level: "info", message: 'a "b" \u2028' } };
    const build = frameBuilder({ sessionId: "s", jobId: "job_1", traceId: "t", version: "1.1" });
    const frame = build({ type: "job.event", body: JSON.stringify(body) }, 0, 7);
    expect(JSON.parse(frame)).toEqual({
      arcp: "1.1",
      id: eventIds("job_1")(0),
      type: "job.event",
      session_id: "s",
      trace_id: "t",
      job_id: "job_1",
      event_seq: 7,
      payload: body,
    });
  });
});

describe("utf8", () => {
  it("counts bytes as the encoder makes them", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(utf8Length(text)).toBe(bytes(text));
      }),
    );
  });

  it("cuts into pieces that fit and make up the whole", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }),
        fc.integer({ min: 8, max: 40 }),
        (text, limit) => {
          const cut = [...pieces(text, limit)];
          expect(cut.join("")).toBe(text);
          for (const piece of cut) {
            expect(bytes(piece)).toBeLessThanOrEqual(limit);
            expect(piece).not.toMatch(/[\ud800-\udbff]$/);
          }
        },
      ),
    );
  });

  it("knows what fits", () => {
    expect(fitsBytes("é".repeat(10), 20)).toBe(true);
    expect(fitsBytes("é".repeat(10), 19)).toBe(false);
  });
});

describe("errors", () => {
  it("carry what the table says of their code (W-35)", () => {
    expect(new ArcpError("TIMEOUT", "late")).toMatchObject({
      message: "[TIMEOUT] late",
      retryable: true,
      section: expect.stringContaining("12"),
    });
    expect(new ArcpError("PERMISSION_DENIED", "no").retryable).toBe(false);
    expect(ArcpError.from({ code: "FUTURE_CODE", message: "?" }).retryable).toBe(false);
  });

  it("survive the wire", () => {
    const error = new ArcpError("INTERNAL_ERROR", "x", { retryable: false, details: { a: 1 } });
    const back = ArcpError.from(error.toPayload());
    expect(back).toMatchObject({ code: "INTERNAL_ERROR", retryable: false, details: { a: 1 } });
    expect(ArcpError.is(back, "INTERNAL_ERROR")).toBe(true);
    expect(ArcpError.is(new Error("x"))).toBe(false);
  });
});

describe("checkEvent", () => {
  it("lets pass what a kind may carry, and vendors' kinds", () => {
    checkEvent("log", { level: "info", message: "x" });
    checkEvent("x-vendor.acme.thing", { any: true });
  });

  it("names what is wrong", () => {
    expect(() => checkEvent("progress", { current: -1 })).toThrow(/\/body\/current/);
    expect(() => checkEvent("log", { level: "info" })).toThrow(/\/body\/message/);
    expect(() => checkEvent("surprise", {})).toThrow(/x-vendor/);
  });
});

it("equalInConstantTime compares", () => {
  expect(equalInConstantTime("abc", "abc")).toBe(true);
  expect(equalInConstantTime("abc", "abd")).toBe(false);
  expect(equalInConstantTime("abc", "ab")).toBe(false);
});

it("timestamp is RFC 3339 in UTC, and never of another instant", () => {
  expect(timestamp(0)).toBe("1970-01-01T00:00:00.000Z");
  expect(timestamp(1)).toBe("1970-01-01T00:00:00.001Z");
  expect(timestamp(0)).toBe("1970-01-01T00:00:00.000Z");
});

it("an ArcpError is one whichever copy of the package made it", () => {
  const foreign = Object.assign(new Error("x"), {
    [Symbol.for("arcp.ArcpError")]: true,
    code: "TIMEOUT",
  });
  expect(ArcpError.is(foreign, "TIMEOUT")).toBe(true);
  expect(ArcpError.is(foreign, "CANCELLED")).toBe(false);
  expect(ArcpError.is("TIMEOUT")).toBe(false);
});
