import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { Sink } from "./io.js";
import { createLogger } from "./logger.js";

const HOSTILE = {
  code: "UNAUTHENTICATED",
  host: "a\r\nforged: line\u001b[2J",
  token: "canary",
  auth: { token: "canary" },
  err: Object.assign(new Error("broke\n\u001b[31m"), { token: "canary" }),
  reason: "x".repeat(2000),
};

function lines(terminal = false): { sink: Sink; read: () => string } {
  let text = "";
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  const sink = new Sink(Object.assign(stream, terminal ? { isTTY: true } : {}));
  return { sink, read: () => text };
}

describe("the logger", () => {
  it("writes chosen fields only, without what a terminal obeys", () => {
    const { sink, read } = lines();
    createLogger(sink, { json: false }).warn(HOSTILE, "connection refused");
    expect(read().split("\n")).toHaveLength(2);
    expect(read()).not.toContain("canary");
    expect(read()).not.toContain("\u001b");
    expect(JSON.parse(read())).toEqual({
      level: 40,
      time: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      code: "UNAUTHENTICATED",
      host: "a\\r\\nforged: line\\x1b[2J",
      error: "broke\\n\\x1b[31m",
      reason: `${"x".repeat(499)}…`,
      msg: "connection refused",
    });
  });

  it("writes the same fields to a terminal as one line that can be read", () => {
    const { sink, read } = lines(true);
    const now = () => new Date(2026, 0, 2, 3, 4, 5);
    const logger = createLogger(sink, { json: false, now });
    logger.warn(HOSTILE, "connection refused");
    logger.info({}, "closing");
    logger.debug({}, "not for people");
    expect(read()).toBe(
      "03:04:05 warn  connection refused (code UNAUTHENTICATED, host a\\r\\nforged: line\\x1b[2J, " +
        `reason ${"x".repeat(499)}…): broke\\n\\x1b[31m\n03:04:05 info  closing\n`,
    );
  });

  it("writes JSON to a terminal too where it is asked to", () => {
    const { sink, read } = lines(true);
    createLogger(sink, { json: true }).info({ status: 403 }, "refused");
    expect(JSON.parse(read())).toMatchObject({ level: 30, status: 403, msg: "refused" });
  });
});
