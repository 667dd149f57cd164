import { describe, expect, it } from "vitest";
import { drive } from "./drive.js";
import { GRAMMAR } from "./grammar.js";
import { LEASES } from "./leases.js";
import { CURRENT } from "./models.js";
import { again, fuzz } from "./run.js";
import { ACTED, SEQUENCES, changed } from "./sequences.js";
import { SHAPES } from "./shapes.js";
import { target } from "./target.js";
import { WIRE } from "./wire.js";

const all = [...WIRE, ...LEASES, ...SHAPES, ...GRAMMAR, ...SEQUENCES];
const forever = { seed: 1, ms: Infinity };

describe.each(all.map((one) => [one.name, one] as const))("fuzzing %s", (_name, one) => {
  it("finds nothing where nothing is", async () => {
    expect((await fuzz(one, { ...forever, runs: 100 })).finding).toBeUndefined();
  });

  it.each(one.bugs.map((bug) => [bug.name, bug] as const))("finds %s", async (_bug, { check }) => {
    expect((await fuzz(one, { ...forever, runs: 30_000, check })).finding).toBeDefined();
  });
});

it("makes what it finds smaller, and again by its seed and run", async () => {
  const planted = target({
    name: "planted",
    make: (random) => [random.pick(["aXb", "ab"]), "rest", "and more".repeat(9)],
    subject: /X/,
    check: (bad, input) => (bad.test(input.join("")) ? "an X" : undefined),
    bugs: {},
  });
  const { finding } = await fuzz(planted, { ...forever, runs: 100 });
  expect(finding).toMatchObject({ problem: "an X", input: ["X"] });
  expect(await again(planted, 1, finding!.run)).toEqual(finding);
});

it("takes an exception for a finding, and is calm about what is well", async () => {
  const subject = (): never => {
    throw new Error("no");
  };
  const throwing = target({ name: "x", make: () => ["a"], subject, check: (f) => f(), bugs: {} });
  const { finding } = await fuzz(throwing, { ...forever, runs: 1 });
  expect(finding?.problem).toBe("it threw Error: no");
});

it("plays every trace that it says it can, and changes nothing by being between", async () => {
  const left = new Set(ACTED.map((id) => `trace ${id}`));
  for (const sequence of CURRENT.fuzz.sequences(1, { kind: "legal" })) {
    if (!left.delete(sequence.id)) continue;
    const problem = await drive(
      CURRENT.fuzz,
      sequence,
      1,
      changed((message) => [message]),
    );
    expect(problem, sequence.id).toBeUndefined();
    if (left.size === 0) break;
  }
});
