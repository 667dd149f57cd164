import { readFileSync } from "node:fs";
import { format } from "prettier";
import { describe, expect, it } from "vitest";
import { formatSpec } from "./fmt.js";
import { fieldRows, typeText } from "./model/fieldtable.js";
import type { JsonSchema } from "./model/schema.js";

const base = readFileSync(new URL("./fixtures/lint/base.md", import.meta.url), "utf8");
const spec = (text: string) => formatSpec({ path: "draft-1.1.md", text });

const schema: JsonSchema = {
  type: "object",
  required: ["client"],
  properties: {
    client: {
      type: "object",
      required: ["name"],
      description: "Who it is,\n  in two parts.",
      properties: { name: { type: "string", maxLength: 128, description: "Its name | title." } },
    },
    agents: {
      type: "array",
      description: "What runs here: 日本.",
      items: {
        anyOf: [
          { type: "string" },
          {
            type: "object",
            properties: {
              versions: { type: "array", items: { type: "string" }, description: "All." },
            },
          },
        ],
      },
    },
  },
};
const document = (table: string): string =>
  `# S 1.1\n\n\`\`\`json schema of=A\n${JSON.stringify(schema, null, 2)}\n\`\`\`\n\n<!-- arcp:fields A -->\n${table}\nAfter.\n`;

describe("spec:fmt", () => {
  it("leaves a spec with right tables as it is, to the byte", () => {
    expect(spec(base)).toEqual({ text: base, changed: [] });
    const windows = base.replaceAll("\n", "\r\n");
    expect(spec(windows).text).toBe(windows);
  });

  it("rewrites a stale table and nothing else", () => {
    const stale = base.replace(
      "| `agent` | `AgentName` | yes      |",
      "| `agent` | `AgentName` | no |",
    );
    expect(spec(stale)).toEqual({ text: base, changed: ["job.submit"] });
    expect(spec(stale.replaceAll("\n", "\r\n")).text).toBe(base.replaceAll("\n", "\r\n"));
  });

  it("writes a table that is missing, and is done after one run", () => {
    const { text } = spec(document(""));
    expect(text).toBe(
      spec(document("\n| Field | Type | Required | Meaning |\n| - | - | - | - |\n")).text,
    );
    expect(text).toContain("<!-- arcp:fields A -->\n\n| Field ");
    expect(text).toContain(" |\n\nAfter.");
    expect(spec(text)).toEqual({ text, changed: [] });
  });

  it("writes a table directly above text, and one that text runs into", () => {
    const tight = document("").replace("-->\n\nAfter.", "-->\nAfter.");
    expect(spec(tight).text).toContain(" |\n\nAfter.");
  });

  it("writes what Prettier would write", async () => {
    const { text } = spec(document(""));
    expect(
      await format(text, {
        parser: "markdown",
        printWidth: 100,
        embeddedLanguageFormatting: "off",
      }),
    ).toBe(text);
  });

  it("leaves a table alone whose schema cannot be read", () => {
    const broken = document("\nrows").replace('"type": "object",', '"type": "object"');
    expect(spec(broken).text).toBe(broken);
  });
});

describe("field rows", () => {
  it("name members of inline objects after their parents", () => {
    expect(fieldRows(schema)).toEqual([
      ["`client`", "object", "yes", "Who it is, in two parts."],
      ["`client.name`", "string, ≤ 128 characters", "yes", "Its name | title."],
      ["`agents`", "array of (string or object)", "no", "What runs here: 日本."],
      ["`agents[].versions`", "array of string", "no", "All."],
    ]);
  });

  it.each<[JsonSchema, string]>([
    [{}, "any"],
    [{ type: "integer", minimum: 1, maximum: 1000 }, "integer, 1..1000"],
    [{ type: "number", exclusiveMinimum: 0 }, "number, > 0"],
    [{ type: ["string", "null"], minLength: 1 }, "string, ≥ 1 character or null"],
    [{ enum: ["utf8", "base64"] }, '`"utf8"` or `"base64"`'],
    [{ $ref: "#/$defs/Lease", description: "x" }, "`Lease`"],
    [{ type: "object", additionalProperties: { type: "number" } }, "map of number"],
    [{ type: "string", format: "date-time" }, "string, date-time"],
    [{ type: "string", pattern: "^[a-z]$" }, "string, `^[a-z]$`"],
    [{ anyOf: [{ type: "string" }, { $ref: "#/$defs/A" }] }, "string or `A`"],
  ])("say %j in words", (type, expected) => {
    expect(typeText(type)).toBe(expected);
  });
});
