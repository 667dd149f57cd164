/** What an agent may not say, however it says it: the values of its job's credentials. §9.8.4, docs/credentials.md */
import { describe, expect, it } from "vitest";
import { ArcpError } from "../../wire/errors.js";
import type { AgentContext } from "../context.js";
import { gateway } from "./gateway.test-helper.js";
import { bytes, told, trying } from "./told.test-helper.js";

const half = (value: string) => Math.floor(value.length / 2);

describe("CRED-25 CRED-27 the value of a credential is not stored, nor told to who looks on", () => {
  it.each<[string, (value: string, ctx: AgentContext) => unknown]>([
    ["bytes that are returned", (value) => bytes(`the key is ${value}`)],
    ["bytes in a stream", (value, ctx) => ctx.stream([bytes(value)])],
    ["text in a stream", (value, ctx) => ctx.stream([`the key is ${value}.`])],
    [
      "two pieces of text",
      (value, ctx) => ctx.stream([value.slice(0, half(value)), value.slice(half(value))]),
    ],
    ["a piece for each character", (value, ctx) => ctx.stream([...`<${value}>`])],
    [
      "a piece for each byte",
      (value, ctx) => ctx.stream(Array.from(bytes(value), (b) => Uint8Array.of(b))),
    ],
    [
      "a piece of text and one of bytes",
      (value, ctx) => ctx.stream(["x", value.slice(0, 3), bytes(value.slice(3))]),
    ],
    [
      "a piece of bytes and one of text",
      (value, ctx) => ctx.stream([bytes(`x${value.slice(0, 3)}`), value.slice(3)]),
    ],
    ["the place at which a long text is cut", (value) => "x".repeat(64 * 1024 - 5) + value],
    [
      "the place at which long bytes are cut",
      (value) => bytes("x".repeat(49_152 - 5) + value + "x".repeat(1_000)),
    ],
    ["a result that is too large for a frame", (value) => ["x".repeat(2 ** 21), value]],
    ["the kind of an event", (value, ctx) => ctx.emit(`x-vendor.a.${value}`, {})],
    ["the name of a tool", (value, ctx) => ctx.tool(value, {}, () => 1)],
    ["what a tool gives", (value, ctx) => ctx.tool("t", {}, () => [value])],
    ["the name of a metric", (value, ctx) => ctx.metric(value, 1)],
    ["the name of a dimension", (value, ctx) => ctx.metric("m", 1, "1", { [value]: "d" })],
    ["the unit of a metric", (value, ctx) => ctx.metric("m", 1, value)],
    [
      "the address of an artifact",
      (value, ctx) =>
        ctx.artifact({ uri: `https://example.com/?key=${value}`, content_type: "a/b" } as never),
    ],
    ["a log", (value, ctx) => ctx.log("info", value)],
    ["a name in a result", (value) => ({ [value]: 1 })],
    ["the summary of a stream", (value, ctx) => ctx.stream(["x"], { summary: value })],
    ["the agent that is delegated to", (value, ctx) => ctx.delegate(value)],
    ["the id of a delegation", (value, ctx) => ctx.delegate("a", null, { id: value })],
    ["the message of an error", (value) => Promise.reject(new Error(`401 for ${value}`))],
    [
      "the code of an error",
      (value) => Promise.reject(Object.assign(new Error("no"), { code: value })),
    ],
    ["what is thrown", (value) => Promise.reject(value)],
  ])("in %s", async (_, say) => {
    // What is refused to the agent is gone on from in one job, and not in the other.
    for (const run of [say, (value: string, ctx: AgentContext) => trying(() => say(value, ctx))]) {
      const { everything, values } = await told(run);
      for (const value of values) expect(everything).not.toContain(value);
    }
  });

  it("in an address, as a program writes it there", async () => {
    const upstream = gateway();
    const value = "sk/canary+äöü=1";
    upstream.issued = ({ credentials: [one] }) => ({ credentials: [{ ...one, value }] });
    const { everything, end } = await told(
      (key, ctx) => ctx.log("info", `https://example.com/?key=${encodeURIComponent(key)}`),
      { upstream },
    );
    expect(end["code"]).toBe("INTERNAL_ERROR");
    expect(everything).not.toContain(encodeURIComponent(value));
  });

  it.each<[string, (value: string, ctx: AgentContext) => unknown]>([
    ["in a log", (text, ctx) => ctx.log("info", text)],
    ["in what is returned", (text) => ({ text })],
    ["in a stream", (text, ctx) => ctx.stream([text.slice(0, 9), text.slice(9)])],
    ["in an error", (text) => Promise.reject(new Error(text))],
  ])("with quotes, in JSON that stands in JSON, %s", async (_, say) => {
    const upstream = gateway();
    const value = 'sk-"quoted"-value';
    upstream.issued = ({ credentials: [one] }) => ({ credentials: [{ ...one, value }] });
    const twice = (key: string) => JSON.stringify({ body: JSON.stringify({ key }) });
    const { everything } = await told((key, ctx) => say(twice(key), ctx), { upstream });
    expect(everything.replaceAll("\\", "")).not.toContain(value);
  });

  it("which is nothing but quotes, in bytes in a stream", async () => {
    const upstream = gateway();
    const value = '"'.repeat(7_900);
    upstream.issued = ({ credentials: [one] }) => ({ credentials: [{ ...one, value }] });
    const { decoded, end } = await told(
      (key, ctx) => ctx.stream([bytes("before "), bytes(key.slice(0, 9)), bytes(key.slice(9))]),
      { upstream },
    );
    expect(decoded).toBe("before ");
    expect(end["message"]).toContain("a piece of a streamed result holds the value");
  });

  it("in details of an error, whatever stands around it", async () => {
    const upstream = gateway();
    // In JSON a line end and the rest of it look like an n and the whole.
    const value = "nine-and-more";
    upstream.issued = ({ credentials: [one] }) => ({ credentials: [{ ...one, value }] });
    const { everything, end } = await told(
      (key) => {
        throw new ArcpError("INVALID_REQUEST", "no", {
          details: { [key]: [`a${key}`, "\nine-and-more"], kept: 1 },
        });
      },
      { upstream },
    );
    expect(end["details"]).toEqual({ "(redacted)": ["a(redacted)", "\nine-and-more"], kept: 1 });
    expect(everything).not.toContain(`a${value}`);
  });

  it("leaves nothing behind of one that was refused: not even its beginning", async () => {
    const { decoded, end } = await told((value, ctx) =>
      ctx.stream(["before ", ...value, " behind"]),
    );
    expect(decoded).toBe("before ");
    expect(end["message"]).toContain("a piece of a streamed result holds the value");
  });

  it("refuses nothing that only begins alike, and delivers it whole", async () => {
    for (const parts of [
      ["sk-canary", "-", "sk-can", "ary-", "sk-"],
      [bytes("sk-canary"), bytes("-"), "sk-can", bytes("ary-"), "sk-"],
      [bytes("sk-canar"), ...bytes("y-sk-canary-").map(() => 115)].map((part) =>
        typeof part === "number" ? Uint8Array.of(part) : part,
      ),
    ]) {
      const { decoded, end } = await told((_value, ctx) => ctx.stream(parts));
      const whole = Buffer.concat(parts.map((part) => Buffer.from(part as never))).toString();
      expect(decoded).toBe(whole);
      expect(end).toMatchObject({ final_status: "success", result_size: whole.length });
    }
  });

  it("HELLO-20 is refused where no chunks were negotiated, too", async () => {
    const { everything, end } = await told((value, ctx) => ctx.stream([...value]), {
      features: ["provisioned_credentials"],
    });
    expect(end["code"]).toBe("INTERNAL_ERROR");
    expect(everything).not.toContain("sk-canary-1");
  });
});
