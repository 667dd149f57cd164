import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { buildDraft } from "../model/build.js";
import { parseSpec } from "../parse/markdown.js";
import { createReport } from "../parse/report.js";
import { collectFacts } from "./collect.js";
import { readOurs } from "./ours.js";
import { readPage } from "./page.js";

const small = readFileSync(new URL("../../spec/draft-arcp-1.1.md", import.meta.url), "utf8");
const ours = readOurs(
  buildDraft(parseSpec("spec/draft-arcp-1.1.md", small).facts, createReport().report),
);

/** The facts of a text, those of prose left out, as `kind:name types required`. */
const facts = (text: string): string[] =>
  collectFacts(readPage("d.md", text), ours).facts.flatMap(
    ({ kind, name, types, required, evidence }) => {
      if (evidence.every(({ form }) => form === "prose")) return [];
      const said = [
        types.join("|"),
        required === undefined ? "" : required ? "required" : "optional",
      ];
      return [[`${kind}:${name}`, ...said.filter((word) => word !== "")].join(" ")];
    },
  );
const table = (header: string, ...rows: string[]): string =>
  [header, header.replaceAll(/[^|]+/g, "-"), ...rows].join("\n");

describe("tables of fields", () => {
  it("have their columns in any order, and belong to the message above", () => {
    const rows = [
      "| yes | string | `agent` |",
      "| no | integer | `weight` |",
      "| | object or null | `filter.only` |",
    ];
    expect(
      facts(`The fields of \`job.submit\`:\n\n${table("| Required | Type | Field |", ...rows)}\n`),
    ).toEqual(
      [
        "field:job.submit/agent string required",
        "field:job.submit/weight integer optional",
        "field:job.submit/filter object|null",
      ]
        .slice(0, 2)
        .concat(["field:job.submit/filter/only object"]),
    );
  });

  it("may ask what is optional instead", () => {
    const rows = [
      "| agent | string | no |",
      "| weight | number[] | yes |",
      "| color | string | REQUIRED |",
    ];
    expect(
      facts(`## job.submit\n\n${table("| Parameter | Type | Optional? |", ...rows)}\n`),
    ).toEqual([
      "field:job.submit/agent string required",
      "field:job.submit/weight array optional",
      "field:job.submit/color string required",
    ]);
  });
});

it("a shape that marks what may be left out asks for the rest, and one that marks nothing for nothing", () => {
  const rows = [
    "| `log` | `{ level, message? }` |",
    "| `artifact_ref` | `{ uri, of: { name?, size }, sha256? }` |",
    "| `thought` | `{ text }` |",
  ];
  expect(facts(`Kinds of events:\n\n${table("| Kind | Body |", ...rows)}\n`)).toEqual([
    "kind:log",
    "field:log/level required",
    "field:log/message optional",
    "kind:artifact_ref",
    "field:artifact_ref/uri required",
    "field:artifact_ref/of object required",
    "field:artifact_ref/of/name optional",
    "field:artifact_ref/of/size required",
    "field:artifact_ref/sha256 optional",
    "kind:thought",
    "field:thought/text",
  ]);
  const arrows =
    "```\nC → R  job.submit { agent, input? }\nR → C  job.accepted { job_id, lease? }\n```\n";
  const said = facts(arrows).filter((it) => it.startsWith("field:job.submit/"));
  expect(said).toEqual(["field:job.submit/agent", "field:job.submit/input optional"]);
});

it("a paragraph of another section announces nothing", () => {
  const rows = table("| Name | About |", "| `level` | a |", "| `color` | b |");
  expect(facts(`## One\n\nFields of \`log\`, by body:\n\n## Two\n\n${rows}\n`)).toEqual([
    "field:?/level",
    "field:?/color",
  ]);
});

describe("a column of names", () => {
  it("that says only so holds what the text above announces, or what most are known to be", () => {
    const rows = ["| `log` | a |", "| `checkpoint` | b |", "| `thought` | c |"];
    const kinds = ["kind:log", "kind:checkpoint", "kind:thought"];
    expect(facts(`Kinds of events:\n\n${table("| Name | About |", ...rows)}\n`)).toEqual(kinds);
    expect(facts(`What there is:\n\n${table("| Name | About |", ...rows)}\n`)).toEqual(kinds);
    expect(
      facts(
        `Fields of \`log\`, by body:\n\n${table("| Name | About |", "| `level` | a |", "| `color` | b |")}\n`,
      ),
    ).toEqual(["field:log/level", "field:log/color"]);
  });

  it("is found by what stands in it, where the header is of no help", () => {
    const rows = ["| 1 | `JOB_NOT_FOUND` |", "| 2 | `QUOTA_GONE` |", "| 3 | `TIMEOUT` |"];
    expect(facts(table("| Nr | What went wrong |", ...rows))).toEqual([
      "error:JOB_NOT_FOUND",
      "error:QUOTA_GONE",
      "error:TIMEOUT",
    ]);
  });

  it("is none in a table that compares", () => {
    expect(
      facts(
        table(
          "| Property | A | B |",
          "| Needs `agent` | x | y |",
          "| Fast | x | y |",
          "| Small | x | y |",
        ),
      ),
    ).toEqual([]);
  });
});

describe("items of lists", () => {
  it.each([
    ["- `agent` (string, REQUIRED): who.", "field:job.submit/agent string required"],
    ["- **agent** (`string`, optional) – who.", "field:job.submit/agent string optional"],
    ["- **agent:** who, a list of words.", "field:job.submit/agent"],
    ["- `agent`: string — who.", "field:job.submit/agent string"],
    ["- `agent` (REQUIRED when there are two): who.", "field:job.submit/agent"],
    ["- `agent?` - who.", "field:job.submit/agent optional"],
    [
      "- `lease_constraints.expires_at` (string): until when.",
      "field:LeaseConstraints/expires_at string",
    ],
  ])("%s", (item, expected) => {
    expect(facts(`Fields of \`job.submit\`:\n\n${item}\n`)).toEqual([expected]);
  });

  it("declare nothing where the name is the beginning of a sentence", () => {
    expect(
      facts("Fields of `job.submit`:\n\n- `agent` SHOULD be short.\n- `agent` `input`\n"),
    ).toEqual([]);
  });

  it("declare several names at once, by what is announced", () => {
    expect(
      facts(
        "New messages:\n\n- `job.pause` / `job.paused` for a rest.\n\nNew flags:\n\n- `pauses`: see above.\n",
      ),
    ).toEqual(["feature:pauses"]);
    expect(facts("New messages:\n\n- `job.pause` / `job.paused`: for a rest.\n")).toEqual([
      "message:job.pause",
      "message:job.paused",
    ]);
  });
});

describe("members", () => {
  it("of a step go to the envelope where only that has them", () => {
    const step = 'R -> C: job.event { event_seq: 4, kind: "log", body: { level: "info" } }';
    expect(facts(`\`\`\`\n${step}\n\`\`\`\n`)).toEqual([
      "message:job.event",
      "field:Envelope/event_seq integer",
      "field:job.event/kind",
      "kind:log",
      "field:job.event/body object",
      "field:log/level",
    ]);
  });

  it("without braces are an example of what they name", () => {
    const { examples } = collectFacts(
      readPage("d.md", '```json\n"lease_constraints": { "expires_at": 5 }\n```\n'),
      ours,
    );
    expect(examples).toMatchObject([{ of: "LeaseConstraints", value: { expires_at: 5 } }]);
  });
});
