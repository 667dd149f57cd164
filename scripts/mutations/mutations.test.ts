import { describe, expect, it } from "vitest";
import { buildDraft } from "../../codegen/model/build.js";
import { createChecker } from "../../codegen/model/validator.js";
import { parseSpec } from "../../codegen/parse/markdown.js";
import type { Level, Side } from "../../codegen/model/types.js";
import { createReport } from "../../codegen/parse/report.js";
import { readRevisions } from "../../codegen/revisions.js";
import type { Row } from "../requirements/standing.js";
import { casesOf, disagrees } from "./cases.js";
import { contradiction } from "./contradictions.js";
import { unnoticeable } from "./known.js";
import type { Fate } from "./mutant.js";
import { droppedRequirements } from "./requirements.js";
import { schemaMutants } from "./schemas.js";
import { tableMutants } from "./tables.js";
import { enough, lineOf, summaryOf } from "./tell.js";

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
  const mutants = tableMutants(draft);

  it("have names of their own, and change something", () => {
    expect(new Set(mutants.map(({ id }) => id)).size).toBe(mutants.length);
    for (const { tables } of mutants) expect(tables).not.toEqual(draft);
  });

  it("reach every table", () => {
    expect(mutants.map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        "messages job.submit direction",
        "messages job.event seq",
        "errors TIMEOUT code",
        "errors TIMEOUT retryable",
        "features heartbeat session.ping",
        "namespaces net.fetch pattern",
        "machines job running-cancel",
        "machines session attached-drop",
        "limits max_depth value",
      ]),
    );
  });

  it("are there that nothing can notice", () => {
    const names = mutants.map(({ id }) => id);
    expect([...unnoticeable.keys()].filter((id) => !names.includes(id))).toEqual([]);
  });

  it("are not noticed by the lint where a gate is said twice, for it goes in both places", () => {
    const gated = mutants.filter(({ id }) => id.startsWith("features "));
    expect(gated.flatMap(({ tables }) => contradiction(tables) ?? [])).toEqual([]);
  });

  it("are noticed by the lint where a trace or an example says otherwise", () => {
    const of = (id: string) => contradiction(mutants.find((one) => one.id === id)!.tables);
    expect(contradiction(draft)).toBeUndefined();
    expect(of("messages job.submit direction")?.where).toContain("trace-direction");
    expect(of("errors TIMEOUT code")?.where).toContain("undeclared-error-code");
  });
});

describe("mutants of requirements", () => {
  const requirement = (id: string, level: Level, side: Side) => {
    const position = { file: "spec/x.md", line: 7, column: 1 };
    return { id, level, side, position, section: "7.1", feature: undefined, sentence: "" };
  };
  const row = (id: string, held: object) =>
    ({ id, checks: [], tests: [], code: [], exclusions: [], ...held }) as unknown as Row;

  it("are noticed by what cites them, and a survivor says why it cannot be", () => {
    const requirements = [
      requirement("SUB-01", "MUST", "runtime"),
      requirement("SUB-02", "MUST NOT", "both"),
      requirement("SUB-03", "MUST", "client"),
      requirement("SUB-04", "SHOULD", "client"),
      requirement("SUB-05", "MUST", "operator"),
    ];
    const rows = [
      row("SUB-01", { checks: ["runtime/7.1/a"], tests: ["a.test.ts"] }),
      row("SUB-02", { tests: ["b.test.ts"] }),
      row("SUB-03", { code: ["c.ts"], exclusions: [{ reason: "inside", because: "unseen" }] }),
    ];
    expect(droppedRequirements({ requirements }, rows).map(lineOf)).toEqual([
      "spec/x.md:7 requirement SUB-01: it is dropped: check runtime/7.1/a",
      "spec/x.md:7 requirement SUB-02: it is dropped: test b.test.ts",
      "spec/x.md:7 requirement SUB-03: it is dropped: SURVIVES (unseen)",
    ]);
  });
});

describe("the score", () => {
  const fates = (family: Fate["family"], noticed: number, survivors: number): Fate[] =>
    Array.from({ length: noticed + survivors }, (_, at) => ({
      ...{ id: `${family} ${at}`, family, at: "x:1", what: "wrong" },
      ...(at < noticed && { noticed: { by: "test" as const, where: "t" } }),
    }));

  it("has to be reached in each family by itself, and names the survivors", () => {
    expect(enough([...fates("schemas", 95, 5), ...fates("tables", 19, 1)])).toBe(true);
    expect(enough([...fates("schemas", 900, 0), ...fates("tables", 18, 2)])).toBe(false);
    expect(summaryOf(fates("tables", 2, 1))).toEqual([
      "x:1 tables 2: wrong: SURVIVES",
      "tables: 3 mutants, noticed by: 2 test, 1 nobody",
      "tables: 3 mutants, 1 survive: 66.7 % noticed",
    ]);
  });
});
