import { describe, expect, it } from "vitest";
import { compareFolder } from "./check.js";
import { emitAll } from "./emit/emit.js";
import { at, sampleModel } from "./emit/testing.js";
import { createLocator } from "./locate.js";
import type { Model } from "./model/types.js";

/** A spec of 100 lines whose schema of job.submit stands at lines 20 to 30, `agent` at line 25. */
const spec = Array.from({ length: 100 }, (_, i) => {
  if (i + 1 === 25) return '    "agent": {';
  return i + 1 === 31 ? "```" : "";
}).join("\n");

async function check(before: Model, after: Model): Promise<string> {
  const old = new Map((await emitAll(before, "arcp 0.0.0")).map(({ path, text }) => [path, text]));
  const fresh = await emitAll(after, "arcp 0.0.0");
  return compareFolder("generated/draft-9.9", old, fresh, createLocator(after, spec));
}

describe("compareFolder", () => {
  it("says nothing when nothing differs", async () => {
    expect(await check(sampleModel(), sampleModel())).toBe("");
  });

  it("shows the change, the line of the spec for it, and the command", async () => {
    const model = sampleModel();
    const [limit, ...others] = model.limits;
    if (limit === undefined) throw new Error("the sample has limits");
    const text = await check(model, { ...model, limits: [{ ...limit, value: 2048 }, ...others] });
    expect(text).toContain(
      "--- generated/draft-9.9/constants.ts\n+++ generated/draft-9.9/constants.ts\n",
    );
    expect(text).toMatch(/@@ -\d+,7 \+\d+,7 @@ spec\/draft-arcp-9\.9\.md:90\n/);
    expect(text).toContain("\n-  maxFrameBytes: 1024,\n+  maxFrameBytes: 2048,\n");
    expect(
      text.endsWith(
        "generated/draft-9.9: 2 files differ from what the spec says. Run: npm run generate\n",
      ),
    ).toBe(true);
  });

  it("finds the member of a schema, in types and in validators", async () => {
    const model = sampleModel();
    const changed: Model = {
      ...model,
      messages: model.messages.map((message) => {
        const { properties } = message.schema.schema;
        if (message.type !== "job.submit") return message;
        const schema = {
          ...message.schema.schema,
          properties: { ...properties, agent: { type: "number" } },
        };
        return { ...message, schema: { ...message.schema, schema } };
      }),
    };
    const text = await check(model, changed);
    const shaped = [
      "messages.ts",
      "schema.json",
      "fixtures/invalid.json",
      "validate/job-submit.ts",
    ];
    for (const file of shaped) {
      const part =
        text.slice(text.indexOf(`+++ generated/draft-9.9/${file}`)).split("\n--- ")[0] ?? "";
      expect(part, file).toMatch(/@@ spec\/draft-arcp-9\.9\.md:25\n/);
    }
    // A page for people leads to the schema as a whole.
    const page = text.slice(text.indexOf("+++ generated/draft-9.9/reference.md"));
    expect(page.split("\n--- ")[0]).toMatch(/@@ spec\/draft-arcp-9\.9\.md:20\n/);
  });

  it("finds requirements, codes and messages by what stands near", async () => {
    const model = sampleModel();
    const [requirement] = model.requirements;
    const [error] = model.errors;
    if (requirement === undefined || error === undefined) throw new Error("the sample has them");
    const text = await check(model, {
      ...model,
      requirements: [{ ...requirement, sentence: "The runtime MUST say no." }],
      errors: [{ ...error, hint: "Wait longer." }],
    });
    expect(text).toMatch(/\+\+\+ [^ ]*errors\.ts\n@@ [^@]*@@ spec\/draft-arcp-9\.9\.md:80\n/);
    expect(text).toMatch(/\+\+\+ [^ ]*requirements\.ts\n@@ [^@]*@@ spec\/draft-arcp-9\.9\.md:95\n/);
  });

  it("finds the row that says what a type means, and the heading that a link names", async () => {
    const model = sampleModel();
    const [kind, ...kinds] = model.kinds;
    const [section, ...sections] = model.sections;
    if (kind === undefined || section === undefined) throw new Error("the sample has them");
    const meant = await check(model, {
      ...model,
      kinds: [{ ...kind, meaning: "Something else.", ...at(41) }, ...kinds],
    });
    expect(meant).toMatch(/\+\+\+ [^ ]*messages\.ts\n@@ [^@]*@@ spec\/draft-arcp-9\.9\.md:41\n/);
    const moved = { ...section, anchor: "elsewhere", position: at(7).position };
    const linked = await check(model, { ...model, sections: [moved, ...sections] });
    const notes = linked.split("\n").filter((line) => line.startsWith("@@ "));
    expect(notes.length).toBeGreaterThan(0);
    for (const note of notes) expect(note).toMatch(/@@ spec\/draft-arcp-9\.9\.md:7$/);
  });

  it("finds the row of a state that is new", async () => {
    const model = sampleModel();
    const [machine, ...machines] = model.machines;
    const [first] = machine?.transitions ?? [];
    if (machine === undefined || first === undefined) throw new Error("the sample has them");
    const row = {
      ...first,
      from: machine.states[0],
      to: machine.states[1] ?? "",
      on: "lose",
      ...at(77),
    };
    const text = await check(model, {
      ...model,
      machines: [
        {
          ...machine,
          transitions: [...machine.transitions, row],
        },
        ...machines,
      ],
    });
    const part = text.slice(text.indexOf("lifecycle.ts")).split("\n--- ")[0] ?? "";
    const notes = part.split("\n").filter((line) => line.startsWith("@@ "));
    expect(notes.length).toBeGreaterThan(0);
    for (const note of notes) expect(note).toMatch(/:77$/);
  });

  it("names no line for the hash of the whole spec", async () => {
    const model = sampleModel();
    const text = await check(model, { ...model, hash: "f".repeat(64) });
    expect(text).toMatch(/\n@@ [^@]*@@ spec\/draft-arcp-9\.9\.md\n/);
  });

  it("shows files that come and files that go", async () => {
    const model = sampleModel();
    const [kind] = model.kinds;
    if (kind === undefined) throw new Error("the sample has kinds");
    const more: Model = {
      ...model,
      kinds: [
        kind,
        { ...kind, kind: "thought", schema: { ...kind.schema, of: "thought", ...at(65) } },
      ],
    };
    const come = await check(model, more);
    expect(come).toMatch(
      /--- \/dev\/null\n\+\+\+ [^ ]*kind-thought\.ts\n@@ [^@]*@@ spec\/draft-arcp-9\.9\.md:65\n/,
    );
    const gone = await check(more, model);
    expect(gone).toMatch(/--- [^ ]*kind-thought\.ts\n\+\+\+ \/dev\/null\n/);
  });

  it("puts provenance.json last and does not print all of a long diff", async () => {
    const model = sampleModel();
    const many = Array.from({ length: 200 }, (_, i) => ({
      id: `SUB-${i + 10}`,
      level: "MAY" as const,
      side: "client" as const,
      feature: undefined,
      sentence: `The client MAY do ${i}.`,
      ...at(95),
    }));
    const text = await check(model, { ...model, requirements: many });
    expect(text.indexOf("+++ generated/draft-9.9/requirements.ts")).toBeLessThan(
      text.indexOf("+++ generated/draft-9.9/provenance.json"),
    );
    expect(text).toMatch(/\n\(\d+ lines more\)\n/);
    expect(text.split("\n").length).toBeLessThan(300);
  });
});
