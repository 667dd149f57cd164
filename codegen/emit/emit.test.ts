import { describe, expect, it } from "vitest";
import type { Artefact } from "./artefact.js";
import { createEmitter, emitAll } from "./emit.js";
import { sampleModel } from "./testing.js";

const text = (files: readonly Artefact[], path: string): string =>
  files.find((file) => file.path === path)?.text ?? "";

describe("emitAll", () => {
  it("renders the sample as the golden files say", async () => {
    const files = await emitAll(sampleModel(), "arcp 0.0.0");
    for (const file of files) {
      await expect(file.text).toMatchFileSnapshot(`../fixtures/golden/${file.path}.txt`);
    }
  });

  it("gives the same bytes every time, sorted by path", async () => {
    const first = await emitAll(sampleModel(), "arcp 0.0.0");
    expect(await createEmitter()(structuredClone(sampleModel()), "arcp 0.0.0")).toEqual(first);
    const paths = first.map(({ path }) => path);
    expect(paths).toEqual([...paths].sort());
  });

  it("leaves every other validator alone when a message is added in the middle", async () => {
    const model = sampleModel();
    const before = await emitAll(model, "arcp 0.0.0");
    const [first, ...rest] = model.messages;
    if (first === undefined) throw new Error("the sample has messages");
    const added = { ...first, type: "job.zap", schema: { ...first.schema, of: "job.zap" } };
    const after = await emitAll({ ...model, messages: [first, added, ...rest] }, "arcp 0.0.0");
    const changed = after.filter(({ path, text: now }) => text(before, path) !== now);
    expect(changed.map(({ path }) => path)).toEqual([
      "asyncapi.yaml",
      "constants.ts",
      "dispatch.ts",
      "fixtures/boundary.json",
      "fixtures/future.json",
      "fixtures/index.json",
      "fixtures/invalid.json",
      "fixtures/valid.json",
      "fuzz/model.json",
      "messages.ts",
      "provenance.json",
      "reference.md",
      "schema.json",
      "validate/index.ts",
      "validate/job-zap.ts",
    ]);
  });

  it("keeps line numbers and versions out of everything but provenance.json", async () => {
    const moved = sampleModel();
    const later = structuredClone(moved) as never as ReturnType<typeof sampleModel>;
    for (const it of later.messages) (it.position as { line: number }).line += 5;
    const before = await emitAll(moved, "arcp 0.0.0");
    const after = await emitAll({ ...later, hash: "other" }, "arcp 9.0.0");
    const changed = after.filter(({ path, text: now }) => text(before, path) !== now);
    expect(changed.map(({ path }) => path)).toEqual(["provenance.json"]);
  });

  it("tells for each symbol its section and line", async () => {
    const files = await emitAll(sampleModel(), "arcp 0.0.0");
    const value = JSON.parse(text(files, "provenance.json")) as Record<string, unknown>;
    expect(value).toMatchObject({
      revision: "9.9",
      spec: { file: "spec/draft-arcp-9.9.md", hash: "0123456789abcdef" },
      generator: "arcp 0.0.0",
      symbols: {
        "message:job.submit": { section: "2", line: 10 },
        "schema:job.submit": { section: "2", line: 20 },
        "requirement:SUB-01": { section: "2", line: 95 },
        "transition:job/idle/finish/done": { section: "2", line: 86 },
      },
    });
  });

  it("imports nothing from outside of itself", async () => {
    const files = await emitAll(sampleModel(), "arcp 0.0.0");
    const paths = new Set(files.map(({ path }) => path));
    for (const file of files) {
      for (const [, from = ""] of file.text.matchAll(/(?:from|import) "([^"]+)"/g)) {
        const target = new URL(from, `file:///${file.path}`).pathname
          .slice(1)
          .replace(/\.js$/, ".ts");
        expect(paths, `${file.path} imports ${from}`).toContain(target);
      }
    }
  });

  it("refuses two names that would share an identifier", async () => {
    const model = sampleModel();
    const [limit] = model.limits;
    if (limit === undefined) throw new Error("the sample has limits");
    const limits = [...model.limits, { ...limit, name: "max_frame.bytes" }];
    await expect(emitAll({ ...model, limits }, "arcp 0.0.0")).rejects.toThrow(
      '"max_frame.bytes" and "max_frame_bytes" would both be called maxFrameBytes',
    );
    const [fault] = model.definitions.filter((it) => it.name === "Fault");
    if (fault === undefined) throw new Error("the sample has a Fault");
    const definitions = [...model.definitions, { ...fault, name: "JobSubmitPayload" }];
    await expect(emitAll({ ...model, definitions }, "arcp 0.0.0")).rejects.toThrow(
      "two types would both be called JobSubmitPayload",
    );
  });

  it("refuses a status that the table of states does not have", async () => {
    const model = sampleModel();
    const definitions = model.definitions.map((it) =>
      it.name === "JobStatus"
        ? { ...it, schema: { ...it.schema, schema: { type: "string", enum: ["idle", "lost"] } } }
        : it,
    );
    await expect(emitAll({ ...model, definitions }, "arcp 0.0.0")).rejects.toThrow(
      'JobStatus names other states than the table of "job"',
    );
  });
});
