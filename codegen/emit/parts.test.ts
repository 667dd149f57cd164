import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { readSpec } from "../model/read.js";
import type { Model } from "../model/types.js";
import { emitAll } from "./emit.js";
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

it("changes the files of an edit, and gives the old ones again when it is taken back", async () => {
  const files = async (model: Model): Promise<Map<string, string>> =>
    new Map((await emitAll(model, "arcp 0.0.0")).map(({ path: name, text: made }) => [name, made]));
  const before = await files(modelOf());
  const changed = async (from: string, to: string): Promise<string[]> => {
    const after = await files(modelOf(from, to));
    expect(await files(modelOf())).toEqual(before);
    return [...after].flatMap(([name, made]) => (before.get(name) === made ? [] : [name]));
  };
  const always = ["provenance.json"];
  expect(await changed("Longest `idempotency_key`.", "Longest key.")).toEqual(
    [...always, "constants.ts", "reference.md"].sort(),
  );
  expect(await changed("The bearer token, at most", "A bearer token, at most")).toEqual(
    [...always, "asyncapi.yaml", "messages.ts", "reference.md", "schema.json"].sort(),
  );
  expect(
    await changed(
      "The runtime MUST refuse a first message",
      "The runtime MUST NOT refuse a first message",
    ),
  ).toEqual([...always, "reference.md", "requirements.ts"].sort());
});
