import { describe, expect, it } from "vitest";
import { scriptedRuntime } from "../testing/index.js";
import { connect } from "./index.js";
import { connected } from "./script.test-helper.js";

describe("options of connect", () => {
  it.each([
    [{ features: "ack" }, "features must be an array of features, of which there are heartbeat"],
    [{ features: [1] }, "features must be"],
    [{ token: 5 }, "token must be a string without control characters, or a function"],
    [{ token: "s3cr3t\n" }, "token must be"],
    [{ reconnect: true }, "reconnect must be an object, or false; got a boolean"],
    [{ reconnect: { delay: 1 } }, 'reconnect: there is no option "delay"; there are minDelayMs'],
    [{ reconnect: { minDelayMs: "1" } }, "reconnect: minDelayMs must be a number"],
    [{ buffer: { events: NaN } }, "buffer: events must be a number"],
    [{ on: { gap: 1 } }, "on: gap must be a function"],
    [{ heartbeat: "no" }, "heartbeat must be true or false"],
    [{ signal: {} }, "signal must be an AbortSignal"],
    [{ tokn: "s3cr3t" }, 'there is no option "tokn"; there are token, name'],
    [{ toString: 1 }, "there is no option"],
    [null, "the options must be an object; got null"],
  ])("%j are refused before anything is dialled", async (options, words) => {
    const script = scriptedRuntime();
    const refused: unknown = await connect(script.dial, options as never).catch((error) => error);
    expect(refused).toBeInstanceOf(TypeError);
    expect(String(refused)).toContain(`connect: ${words}`);
    expect(String(refused)).not.toContain("s3cr3t");
    expect(script.dials).toBe(0);
  });

  it("may be undefined, each of them", async () => {
    const { client } = await connected({ token: undefined, on: undefined } as never);
    await client.close();
  });
});

describe("options of submit", () => {
  it.each([
    [{ leese: {} }, 'there is no option "leese"; there are lease'],
    [{ lease: ["fs.read"] }, "lease must be an object; got an array"],
    [{ idempotencyKey: 7 }, "idempotencyKey must be a string"],
    [{ maxRuntimeSec: "1" }, "maxRuntimeSec must be a number"],
    [{ signal: new AbortController() }, "signal must be an AbortSignal"],
    ["key", "the options must be an object; got a string"],
  ])("%j are refused, and nothing is sent", async (options, words) => {
    const { client, peer } = await connected();
    const refused: unknown = await client.submit("a", 1, options as never).catch((error) => error);
    expect(refused).toBeInstanceOf(TypeError);
    expect(String(refused)).toContain(`submit: ${words}`);
    await client.close();
    expect(peer.seen.map(({ type }) => type)).not.toContain("job.submit");
  });
});
