/** JSON Schema 2020-12 of `report.json`. */

const text = { type: "string" } as const;
const count = { type: "integer", minimum: 0 } as const;
const texts = { type: "array", items: text } as const;
const verdict = {
  enum: [
    "pass",
    "pass-nonstrict",
    "fail",
    "not-applicable",
    "inconclusive",
    "not-run",
    "info",
    "error",
    "flaky",
  ],
} as const;

function object(properties: Readonly<Record<string, unknown>>, optional: readonly string[] = []) {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: "object", properties, required, additionalProperties: false } as const;
}

const line = object({
  at: { type: "number" },
  connection: text,
  direction: { enum: [">", "<", "*"] },
  text,
});

const check = object(
  {
    id: text,
    verdict,
    reason: text,
    notes: texts,
    missing: text,
    byTime: { type: "boolean" },
    attempts: count,
    ms: { type: "number" },
    log: { type: "array", items: line },
  },
  ["reason", "missing"],
);

/** The schema that every report follows. */
export const reportSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Report of an ARCP conformance run",
  ...object(
    {
      side: { enum: ["runtime", "client"] },
      suite: object({ name: text, version: text, revision: text, digest: text }),
      startedAt: text,
      ms: { type: "number" },
      seed: text,
      timeScale: { type: "number" },
      url: text,
      carrier: { enum: ["websocket", "stdio"] },
      command: text,
      implementation: object({ name: text, version: text, features: texts, agents: texts }),
      dialect: object({ correlation: text, close: texts, resume: texts, jobId: text, arcp: text }),
      result: object({
        overall: { enum: ["CONFORMANT", "NOT CONFORMANT", "INCOMPLETE", "HARNESS ERROR"] },
        words: text,
        exit: count,
        counts: { type: "object", additionalProperties: count },
      }),
      checks: { type: "array", items: check },
      requirements: object({
        all: count,
        covered: count,
        notApplicable: count,
        excluded: object({
          permits: count,
          inside: count,
          operation: count,
          elsewhere: count,
          control: count,
          "not-served": count,
        }),
        verdicts: { type: "object", additionalProperties: { type: "array", items: verdict } },
        uncovered: texts,
        uncoveredMust: count,
      }),
      complete: { const: true },
    },
    ["url", "carrier", "command", "dialect"],
  ),
} as const;
