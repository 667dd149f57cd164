/** What came as a whole is told with its fields, and what went as well. */
import { expect, it } from "vitest";
import { compared, reversed, told } from "./compare.test-helper.js";
import type { Edit } from "./compare.test-helper.js";
import { fieldsText } from "./made-of.js";
import { formatComparison } from "./report.js";

const STAMP = "```json schema of=Stamp";
const crate = `\`\`\`json schema of=Crate
{ "type": "object", "required": ["of", "box"], "description": "Holds parcels.",
  "properties": {
    "note": { "type": ["string", "null"], "description": "Words." },
    "of": { "type": "array", "description": "What it holds.", "items": { "anyOf": [
      { "$ref": "#/$defs/JobId" },
      { "type": "object", "required": ["id"], "properties": {
        "id": { "$ref": "#/$defs/JobId", "description": "Its name." },
        "way": { "$ref": "#/$defs/Street", "description": "Where to." } } } ] } },
    "box": { "type": "object", "description": "Its size.", "properties": {
      "w": { "type": "number", "description": "Width." } } }
  } }
\`\`\`

\`\`\`json schema of=Street
{ "type": "object", "properties": { "town": { "type": "string", "description": "In it." } }, "description": "A way." }
\`\`\`

`;
const named: Edit[] = [
  [STAMP, `${crate}${STAMP}`],
  [
    '"watch": {',
    '"crate": { "$ref": "#/$defs/Crate", "description": "Where it lies." }, "watch": {',
  ],
];

it("a named type, at any depth, and no further than to another name", () => {
  const change = compared(...named).changes.find(({ name }) => name === "Crate");
  expect(change?.fields).toEqual([
    { name: "note", type: "string or null", required: false },
    { name: "of", type: "array of (`JobId` or object)", required: true },
    { name: "of/id", type: "`JobId`", required: true },
    { name: "of/way", type: "`Street`", required: false },
    { name: "box", type: "object", required: true },
    { name: "box/w", type: "number", required: false },
  ]);
});

it("the fields of what a map holds, by whichever names", () => {
  const held = (name: string): string =>
    `{ "type": "object", "required": ["${name}"], "properties": { "${name}": { "type": "string", "description": "In it." } } }`;
  const shelf = `\`\`\`json schema of=Shelf
{ "type": "object", "description": "Holds crates.", "properties": {
    "by_name": { "type": "object", "description": "Each.", "additionalProperties": ${held("label")} },
    "by_row": { "type": "object", "description": "Some.",
      "patternProperties": { "^[a-z]$": ${held("low")}, "^[A-Z]$": ${held("high")} },
      "additionalProperties": { "$ref": "#/$defs/JobId" } } } }
\`\`\`

`;
  const change = compared(
    [STAMP, `${shelf}${STAMP}`],
    [
      '"watch": {',
      '"on": { "$ref": "#/$defs/Shelf", "description": "Where it lies." }, "watch": {',
    ],
  ).changes.find(({ name }) => name === "Shelf");
  expect(change?.fields.map(({ name, required }) => [name, required])).toEqual([
    ["by_name", false],
    ["by_name/label", true],
    ["by_row", false],
    ["by_row/low", true],
    ["by_row/high", true],
  ]);
});

it("in one line of the text and of Markdown, those of the thing itself", () => {
  const comparison = compared(...named);
  expect(formatComparison(comparison, "text", 0)).toContain(
    "  + Crate  object\n      fields: required of, box; optional note\n",
  );
  expect(formatComparison(comparison, "markdown", 0)).toContain(
    "- **added** type `Crate`: `object`\n  - fields: required `of`, `box`; optional `note`\n",
  );
  expect(fieldsText([])).toBe("");
});

it("a message and a kind that went, of which the old revision has the fields", () => {
  const nudge: Edit[] = [
    ["parcel.nudge", "parcel.hurry"],
    ['"why": {', '"reason": {'],
    ["| Asks to hurry. |", "| Makes haste. |"],
  ];
  const both = [...compared(...nudge).changes, ...reversed(...nudge).changes];
  expect(both.map((it) => `${told(it)}: ${fieldsText(it.fields)}`).sort()).toEqual([
    "added message parcel.hurry: optional reason",
    "added message parcel.nudge: optional why",
    "removed message parcel.hurry: optional reason",
    "removed message parcel.nudge: optional why",
  ]);
});

it("a field that came or went is told by itself, and has none", () => {
  const { changes } = compared(...named);
  expect(changes.find(({ subject }) => subject === "field")).toMatchObject({
    name: "parcel.sent/crate",
    fields: [],
  });
});
