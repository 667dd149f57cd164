import { describe, expect, it } from "vitest";
import { defineAgent } from "./define.js";
import type { AgentDefinition } from "./define.js";

describe("defineAgent", () => {
  const run = () => 1;

  it.each([
    ["a JSON Schema", { type: "object" }],
    ["no object", "object"],
    ["null", null],
    ["without validate", { "~standard": { version: 1, vendor: "v" } }],
  ])("refuses an input that is %s, and says what it takes", (_, input) => {
    const define = () => defineAgent({ name: "a", input, run } as unknown as AgentDefinition);
    expect(define).toThrow(TypeError);
    expect(define).toThrow(/^input of agent a must be a Standard Schema, .*"~standard".*validate/);
  });

  it("takes schemas that are functions", () => {
    const standard = {
      version: 1,
      vendor: "v",
      validate: (value: unknown) => ({ value }),
    } as const;
    const input = Object.assign(() => 1, { "~standard": standard });
    expect(defineAgent({ name: "a", input, run }).input).toBe(input);
  });
});
