import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import type { JsonSchema } from "../model/schema.js";
import type { Model } from "../model/types.js";
import { emitConstants } from "./constants.js";
import { createCases } from "./fixtures/cases.js";
import { load } from "./load.js";
import { emitSchema } from "./schema.js";
import { sampleModel } from "./testing.js";
import { emitValidate } from "./validate/emit.js";

/** The sample, whose `job.cancel` names its job in another place. */
function cancelling(schema: JsonSchema): Model {
  const model = sampleModel();
  const messages = model.messages.map((it) =>
    it.type === "job.cancel" ? { ...it, schema: { ...it.schema, schema } } : it,
  );
  return { ...model, messages };
}

const job_id = { $ref: "#/$defs/JobId" };
const envelope = { ...sample("job.cancel"), job_id: "job_1" };
const payload = sample("job.cancel", { job_id: "job_1" });

function sample(type: string, content: object = {}) {
  return { arcp: "9.9", id: "m1", type, payload: content };
}

describe("where a message of a job names it", () => {
  it.each([
    ["in the envelope, where its payload has no such member", {}, [envelope]],
    ["in either place", { properties: { job_id } }, [envelope, payload]],
    [
      "in the payload, where that requires it",
      { properties: { job_id }, required: ["job_id"] },
      [payload],
    ],
  ])("is %s", async (_, shape, good) => {
    const model = cancelling({ type: "object", ...shape });
    const exports = await load(emitValidate(model), "validate/index.ts");
    const validate = exports["validateMessage"] as (x: unknown) => {
      readonly kind: string;
      readonly message?: { readonly job_id?: string };
    };
    const bundle = JSON.parse(emitSchema(model).text) as object;
    const check = new Ajv2020({ validateFormats: false, strictTypes: false }).compile(bundle);
    for (const it of [envelope, payload, sample("job.cancel")]) {
      const fine = good.includes(it as never);
      const result = validate(it);
      expect(result.kind).toBe(fine ? "known" : "invalid");
      expect(check(it)).toBe(fine);
      // Whoever reads the message finds the job in the envelope.
      if (fine) expect(result.message?.job_id).toBe("job_1");
    }
    for (const it of createCases(model).invalid)
      expect(validate(it.value).kind, it.id).toBe("invalid");
  });
});

describe("the version on the wire", () => {
  it.each([
    ["^1(\\.[0-9]+)?$", "1.1", '["1.0", "1.1"]', '"1.1"'],
    ["^1$", "1.1", '["1"]', '"1"'],
    [undefined, "1.0", '["1.0"]', '"1.0"'],
  ])("is what the envelope takes: %s", (pattern, version, all, own) => {
    const model = sampleModel({ version, features: [] });
    const dated = model.messages.map((it) => ({ ...it, since: "1.0" }));
    const { schema, ...block } = model.envelope;
    const arcp = { type: "string", ...(pattern === undefined ? {} : { pattern }) };
    const properties = { ...schema.properties, arcp };
    const changed = { ...block, schema: { ...schema, properties } };
    const { text } = emitConstants({ ...model, messages: dated, envelope: changed });
    expect(text).toContain(`PROTOCOL_VERSION = ${own};`);
    expect(text).toContain(`SUPPORTED_VERSIONS = ${all} as const;`);
  });
});
