import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { createLogger } from "./logger.js";

function lines(): { stream: Writable; read: () => string } {
  let text = "";
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  return { stream, read: () => text };
}

describe("the logger", () => {
  it("writes chosen fields only, without what a terminal obeys", () => {
    const { stream, read } = lines();
    const logger = createLogger(stream);
    logger.warn(
      {
        code: "UNAUTHENTICATED",
        host: "a\r\nforged: line\u001b[2J",
        token: "canary",
        auth: { token: "canary" },
        err: Object.assign(new Error("broke"), { token: "canary" }),
        reason: "x".repeat(2000),
      },
      "connection refused",
    );
    expect(read().split("\n")).toHaveLength(2);
    expect(read()).not.toContain("canary");
    expect(read()).not.toContain("\u001b");
    expect(JSON.parse(read())).toEqual({
      level: 40,
      time: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      code: "UNAUTHENTICATED",
      host: "a\\r\\nforged: line\\x1b[2J",
      error: "broke",
      reason: `${"x".repeat(499)}…`,
      msg: "connection refused",
    });
  });
});
