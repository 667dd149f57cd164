import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { readSpec } from "../model/read.js";
import type { Model } from "../model/types.js";
import { createEmitter } from "./emit.js";
import { whenPartsChange } from "./parts.js";

const path = "spec/draft-arcp-1.1.md";
const text = readFileSync(path, "utf8");
const modelOf = (from = "", to = ""): Model => {
  expect(text).toContain(from);
  return readSpec({ spec: { path, text: text.replace(from, to) } }).model!;
};

it("is made again when a part that was looked at has changed, and else not", () => {
  let asked = 0;
  const make = whenPartsChange(({ limits, revision }) => {
    asked += 1;
    return `${revision} ${limits.length}`;
  });
  expect([make(modelOf()), make(modelOf())]).toEqual([
    `1.1 ${modelOf().limits.length}`,
    make(modelOf()),
  ]);
  expect(asked).toBe(1);
  make(modelOf("Ask for no more than", "Ask for less than"));
  expect(asked).toBe(1);
  make(modelOf("Longest `idempotency_key`.", "Longest key."));
  expect(asked).toBe(2);
  make({ ...modelOf(), revision: "1.2" });
  expect(asked).toBe(3);
});

it("counts every part as looked at where all are listed", () => {
  let asked = 0;
  const make = whenPartsChange((model) => {
    asked += 1;
    return Object.keys(model).length;
  });
  make(modelOf());
  make(modelOf("Longest `idempotency_key`.", "Longest key."));
  expect(asked).toBe(2);
});

it("gives the files that are rendered without a past, after any edit and when it is taken back", async () => {
  const emit = createEmitter();
  const cold = (model: Model) => createEmitter()(model, "arcp 0.0.0");
  await emit(modelOf(), "arcp 0.0.0");
  const edits = [
    ["Longest `idempotency_key`.", "Longest key."],
    ["The bearer token, at most", "A bearer token, at most"],
    ['"maxLength": 8192,', '"maxLength": 4096,'],
    ["The runtime MUST refuse a first message", "The runtime MUST NOT refuse a first message"],
    ["Ask for no more than", "Ask for less than"],
    ["| `running` | `timed_out` | `timeout` |", "| `running` | `timed_out` | `late`    |"],
    ["## 5. ", "A line that moves all below.\n\n## 5. "],
  ] as const;
  for (const edit of edits) {
    expect(await emit(modelOf(...edit), "arcp 0.0.0"), edit[0]).toEqual(
      await cold(modelOf(...edit)),
    );
    expect(await emit(modelOf(), "arcp 0.0.0"), edit[0]).toEqual(await cold(modelOf()));
  }
});
