import { describe, expect, it } from "vitest";
import { createRuntime as embedded } from "../embed.js";
import { createRuntime as onNode } from "../node.js";
import { bearer } from "./auth.js";
import { createRuntime } from "./create.js";
import { defineAgent } from "./define.js";

const loose = { bearer, createRuntime, defineAgent } as Record<
  string,
  (given?: unknown) => unknown
>;

describe("what is given to", () => {
  it.each([
    ["bearer", undefined, "bearer takes an object, token to principal; got undefined"],
    ["bearer", "s3cr3t", "bearer takes an object, token to principal; got a string"],
    ["bearer", { "": "ada" }, 'the token of "ada" is empty'],
    ["bearer", { s3cr3t: 5 }, "a token stands for a principal, a string; got a number"],
    ["bearer", { s3cr3t: "" }, "got an empty string"],
    ["bearer", { "s3cr3t\n": "ada" }, 'the token of "ada" has control characters'],
    [
      "defineAgent",
      undefined,
      "an agent is an object with a name and a function run; got undefined",
    ],
    ["defineAgent", {}, "agent name (undefined) must match"],
    ["createRuntime", null, "createRuntime: the options must be an object; got null"],
    ["createRuntime", { agents: {} }, "createRuntime: agents must be an array; got an object"],
    ["createRuntime", { agents: ["x"] }, "an agent is an object with a name"],
    ["createRuntime", { agent: [] }, 'there is no option "agent"; there are agents, auth'],
    ["createRuntime", { auth: { s3cr3t: "me" } }, "auth must be a function of a token"],
    ["createRuntime", { cancelAuthority: "all" }, 'cancelAuthority must be "session" or'],
    ["createRuntime", { features: "ack" }, "features must be an array of features, of which"],
    ["createRuntime", { features: ["nope"] }, "of which there are heartbeat, ack"],
    ["createRuntime", { limits: { maxRunningJobs: 0 } }, "maxRunningJobs is a number, 1 or more"],
    ["createRuntime", { limits: { maxFrameBytes: 10 } }, "maxFrameBytes is a number, 4096 or more"],
    ["createRuntime", { policy: { leese: 1 } }, 'there is no option "leese"; there are lease, obs'],
    ["createRuntime", { policy: { lease: {} } }, "policy: lease must be a function; got an object"],
    ["createRuntime", { models: ["m"] }, "models must be an object; got an array"],
    ["createRuntime", { limits: 5 }, "limits must be an object; got a number"],
  ])("%s, %j, is refused in words", (name, given, words) => {
    let refused: unknown;
    try {
      loose[name]!(given);
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(TypeError);
    expect(String(refused)).toContain(words);
    expect(String(refused)).not.toContain("s3cr3t");
  });

  it("createRuntime of every entry, null, is refused in words", () => {
    for (const make of [embedded, onNode]) {
      expect(() => make(null as never)).toThrow("the options must be an object; got null");
    }
  });

  it("replaceAgents is refused in words", async () => {
    await using runtime = createRuntime();
    expect(() => runtime.replaceAgents({} as never)).toThrow(/^agents must be an array/);
  });
});
