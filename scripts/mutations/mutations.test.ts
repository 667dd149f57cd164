import { describe, expect, it } from "vitest";
import { buildDraft, buildModel } from "../../codegen/model/build.js";
import { createChecker } from "../../codegen/model/validator.js";
import { parseSpec } from "../../codegen/parse/markdown.js";
import { createReport } from "../../codegen/parse/report.js";
import { readRevisions } from "../../codegen/revisions.js";
import { casesOf, disagrees } from "./cases.js";
import { schemaMutants } from "./schemas.js";
import { tableMutants } from "./tables.js";

const revision = (await readRevisions(".")).find(({ newest }) => newest)!;
const { path, text } = revision.spec;
const draft = buildDraft(parseSpec(path, text).facts, createReport().report);

describe("mutants of schemas", () => {
  it("take away or turn round each word, one at a time", () => {
    const schema = {
      type: "object",
      required: ["a"],
      properties: {
        a: { type: "string", minLength: 1 },
        b: { enum: ["x", "y"] },
      },
    };
    expect(schemaMutants(schema).map(({ id }) => id)).toEqual([
      "a-optional",
      "b-required",
      "any-type",
      "/properties/a any-type",
      "/properties/a without-minLength",
      "/properties/a minLength-tighter",
      "/properties/b without-x",
      "/properties/b without-y",
      "/properties/b any-value",
    ]);
    const [optional, , , , , tighter] = schemaMutants(schema);
    expect(optional!.schema.required).toEqual([]);
    expect(tighter!.schema.properties?.["a"]).toEqual({ type: "string", minLength: 2 });
    expect(schema.required).toEqual(["a"]);
  });

  it("are noticed by an example or a fixture, and the spec as it is by none", () => {
    const cases = casesOf(draft, `generated/draft-${revision.name}/fixtures`);
    expect(disagrees(createChecker(draft), cases)).toBeUndefined();
    const block = draft.schemas.get("job.cancel")!;
    const [mutant] = schemaMutants(block.schema).filter(({ id }) => id === "reason-required");
    const schemas = new Map(draft.schemas).set("job.cancel", { ...block, schema: mutant!.schema });
    expect(disagrees(createChecker({ ...draft, schemas }), cases)).toMatchObject({
      of: "job.cancel",
    });
  });
});

describe("mutants of tables", () => {
  const model = buildModel(draft)!;
  const mutants = tableMutants(model);

  it("have names of their own, and change something", () => {
    expect(new Set(mutants.map(({ id }) => id)).size).toBe(mutants.length);
    for (const { model: mutant } of mutants) expect(mutant).not.toEqual(model);
  });

  it("reach every table", () => {
    const names = mutants.map(({ id }) => id);
    expect(names).toEqual(
      expect.arrayContaining([
        "job.submit direction",
        "job.event seq",
        "TIMEOUT retryable",
        "heartbeat session.ping",
        "net.fetch pattern",
        "job running-cancel",
      ]),
    );
    expect(names.some((name) => name.endsWith(" value"))).toBe(true);
  });
});
