import { describe, expect, it } from "vitest";
import { redact, WireLog } from "./log.js";

describe("redaction", () => {
  it("hides members that hold secrets, whatever their value", () => {
    const text = '{"auth":{"token":"a\\"b"},"resume_token": "rt_1","credentials":[{"value":"sk"}]}';
    expect(redact(text)).toBe(
      '{"auth":{"token":"(redacted)"},"resume_token": "(redacted)","credentials":[{"value":"(redacted)"}]}',
    );
  });

  it("hides known secrets wherever they stand", () => {
    expect(redact("GET /arcp?token=abcdef", ["abcdef"])).toBe("GET /arcp?token=(redacted)");
  });

  it("hides a secret also in lines that were written before it was known", () => {
    const log = new WireLog();
    log.add("c1", "<", "the word is opensesame");
    log.hide("opensesame");
    expect(log.lines()[0]?.text).toBe("the word is (redacted)");
  });

  it("cuts long texts and says how long they were", () => {
    const log = new WireLog();
    log.add("c1", ">", "x".repeat(5000));
    expect(log.lines()[0]?.text).toMatch(/x … \(5000 characters\)$/);
  });
});
