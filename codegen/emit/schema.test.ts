import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DRAFT, EventKind, MessageType, validateMessage } from "../../generated/current/index.js";
import type { JsonSchema } from "../model/schema.js";
import { createNear } from "./near.js";
import { definitions, emitSchema } from "./schema.js";
import { sampleModel } from "./testing.js";

interface Bundle {
  readonly $id: string;
  readonly $defs: Readonly<Record<string, JsonSchema>>;
}

const url = new URL(`../../generated/draft-${DRAFT}/schema.json`, import.meta.url);
const bundle = JSON.parse(readFileSync(url, "utf8")) as Bundle;
const compile = () => new Ajv2020({ validateFormats: false }).compile(bundle);

function unsaid(text: unknown): never {
  throw new Error(String(text));
}

describe("schema.json", () => {
  it("bears the revision, and all of its names in one place", () => {
    expect(bundle.$id).toBe(`urn:arcp:draft:${DRAFT}`);
    expect(Object.keys(bundle.$defs)).toEqual(
      expect.arrayContaining(["Envelope", "Lease", "JobSubmitPayload", "ToolCallBody"]),
    );
    for (const [name, { $comment }] of Object.entries(bundle.$defs)) {
      expect($comment, name).toMatch(/^spec\/draft-arcp-[\d.]+\.md#[\w-]+ §\d+(\.\d+)*$/);
    }
  });

  it("uses no word that the standard does not know, so that strict checkers take it", () => {
    const logger = { log: unsaid, warn: unsaid, error: unsaid };
    const strict = new Ajv2020({ strict: true, validateFormats: false, logger });
    expect(() => strict.compile(bundle)).not.toThrow();
    expect(JSON.stringify(bundle)).not.toContain("x-arcp");
  });

  it("keeps what enumerations and constants hold, whatever it is called", () => {
    const held = { "x-arcp-id": true, format: "date-time" };
    const model = sampleModel();
    const [first, ...rest] = model.definitions;
    if (first === undefined) throw new Error("the sample has definitions");
    const schema = { enum: [held], properties: { "x-arcp-id": { type: "string" } } } as JsonSchema;
    const changed = { ...first, schema: { ...first.schema, schema } };
    const made = definitions({ ...model, definitions: [changed, ...rest] })[first.name];
    expect(made).toMatchObject(schema);
  });

  it("refuses two schemas of one name", () => {
    const model = sampleModel();
    const [first] = model.definitions;
    if (first === undefined) throw new Error("the sample has definitions");
    const definitions = [...model.definitions, { ...first, name: "JobSubmitPayload" }];
    expect(() => emitSchema({ ...model, definitions })).toThrow(
      "two schemas would both be called JobSubmitPayload",
    );
  });

  it("gives of any message the verdict of the generated validators", () => {
    const validate = compile();
    const near = createNear(bundle.$defs);
    const envelope = near(bundle.$defs["Envelope"] ?? {});
    const ofType = ([name, type]: readonly [string, string]) =>
      fc
        .tuple(envelope, near(bundle.$defs[`${name}Payload`] ?? {}), fc.boolean())
        .map(([around, payload, other]) =>
          typeof around === "object" && around !== null
            ? { ...around, ...(other ? {} : { type }), payload }
            : around,
        );
    const ofKind = ([name, kind]: readonly [string, string]) =>
      near(bundle.$defs[`${name}Body`] ?? {}).map((body) => ({
        arcp: "1.1",
        id: "m",
        type: "job.event",
        job_id: "j",
        event_seq: 1,
        payload: { kind, ts: "now", body },
      }));
    const message = fc.oneof(
      ...Object.entries(MessageType).map(ofType),
      ...Object.entries(EventKind).map(ofKind),
    );
    const verdicts = new Map<string, number>();
    fc.assert(
      fc.property(message, (value) => {
        const verdict = validateMessage(value).kind;
        verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
        expect(validate(value)).toBe(verdict !== "invalid");
      }),
      { numRuns: 2_000 },
    );
    for (const verdict of ["known", "unknown", "invalid"]) {
      expect(verdicts.get(verdict) ?? 0, verdict).toBeGreaterThan(50);
    }
  });
});
