import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import * as generated from "../../generated/current/index.js";
import { formats } from "../model/formats.js";
import { readSpec } from "../model/read.js";
import { createNear } from "./near.js";
import { validators } from "./validate/validators.js";

const path = `spec/draft-arcp-${generated.DRAFT}.md`;
const url = new URL(`../../${path}`, import.meta.url);
const { model } = readSpec({ spec: { path, text: readFileSync(url, "utf8") } });
const $defs = Object.fromEntries(
  (model?.definitions ?? []).map((it) => [it.name, it.schema.schema]),
);
const all = model === undefined ? [] : validators(model);

const near = createNear($defs);

type Check = (data: unknown, found?: generated.Failure[]) => boolean;

describe("the generated validators", () => {
  it.each(all.map(({ name, schema }) => [name, schema.schema] as const))(
    "%s says of any value what ajv says, asked why or not",
    (name, schema) => {
      const ajv = new Ajv({ allErrors: true, strict: false, strictNumbers: true, formats });
      const oracle = ajv.compile({ ...schema, $defs });
      const check = (generated as unknown as Record<string, Check>)[name];
      if (check === undefined) throw new Error(`${name} is not generated`);
      const verdicts = new Set<boolean>();
      fc.assert(
        fc.property(near(schema), (value) => {
          const good = oracle(value);
          verdicts.add(good);
          const found: generated.Failure[] = [];
          expect(check(value)).toBe(good);
          expect(check(value, found)).toBe(good);
          expect(found.length === 0).toBe(good);
          expect(found.length).toBeLessThanOrEqual(64);
        }),
        { numRuns: 400 },
      );
      expect(verdicts).toEqual(new Set([true, false]));
    },
  );
});

/** A frame whose error stands `count` times below a name of twice as many tildes. */
function hostile(count: number): unknown {
  const lease_request = { ["~".repeat(2 * count)]: Array.from({ length: count }, () => 1) };
  return { arcp: "1.1", id: "z", type: "job.submit", payload: { agent: "echo", lease_request } };
}

/** Characters that validation escapes or cuts. */
function work(x: unknown): number {
  const spies = [vi.spyOn(String.prototype, "replace"), vi.spyOn(String.prototype, "split")];
  try {
    expect(generated.validateMessage(x).kind).toBe("invalid");
    const texts = spies.flatMap((spy) => spy.mock.contexts);
    return texts.reduce<number>((sum, text) => sum + String(text).length, 0);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

describe("a frame of nothing but errors below a long name", () => {
  it("costs no more to put into words when the name and the list are longer", () => {
    const small = work(hostile(1_000));
    expect(small).toBeGreaterThan(0);
    expect(work(hostile(4_000))).toBe(small);
    expect(work(hostile(16_000))).toBe(small);
  });

  it("is told of with pointers that someone could read, and what stands there", () => {
    const result = generated.validateMessage(hostile(16_000));
    const problems = result.kind === "invalid" ? result.problems : [];
    expect(problems).toHaveLength(8);
    for (const { path: pointer, message, actual, expected } of problems) {
      expect(pointer).toHaveLength(257);
      expect(pointer).toMatch(/^\/payload\/lease_request\/(?:~0)+~?…$/);
      expect(message.length).toBeLessThan(400);
      expect({ actual, expected }).toEqual({ actual: "integer", expected: "string" });
    }
  });

  it("leaves a pointer of up to 256 characters whole", () => {
    const start = "/payload/lease_request/";
    const pointerOf = (length: number): string | undefined => {
      const lease_request = { ["n".repeat(length)]: 1 };
      const payload = { agent: "echo", lease_request };
      const result = generated.validateMessage({
        arcp: "1.1",
        id: "z",
        type: "job.submit",
        payload,
      });
      return result.kind === "invalid" ? result.problems[0]?.path : undefined;
    };
    const room = 256 - start.length;
    expect(pointerOf(room)).toBe(start + "n".repeat(room));
    expect(pointerOf(room + 1)).toBe(`${start}${"n".repeat(room)}…`);
    expect(pointerOf(5_000)).toBe(`${start}${"n".repeat(room)}…`);
  });
});
