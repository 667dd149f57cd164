import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readSpec } from "../read.js";

const base = readFileSync(new URL("../../fixtures/lint/base.md", import.meta.url), "utf8");

/** The findings after some replacements in the base, as `rule message`. */
function findings(...edits: readonly (readonly [from: string, to: string])[]): string[] {
  let text = base;
  for (const [from, to] of edits) {
    expect(text.split(from), from).toHaveLength(2);
    text = text.replace(from, to);
  }
  const { diagnostics } = readSpec({ spec: { path: "draft-1.1.md", text } });
  return diagnostics.map(({ rule, message }) => `${rule} ${message}`);
}
const ACCEPTED = '```json schema of=job.accepted\n{ "type": "object" }\n```';
const accepted = (schema: string) =>
  [ACCEPTED, `\`\`\`json schema of=job.accepted\n${schema}\n\`\`\``] as const;

const example = (why: string) =>
  `id=accepted-what invalid="${why}"\n{ "arcp": "1.1", "id": "m2", "type": "job.accepted", "job_id": "j", "payload": { "a": {} } }`;

const status = (names: string) =>
  [
    ACCEPTED,
    `${ACCEPTED}\n\n\`\`\`json schema of=JobStatus\n{ "enum": [${names}] }\n\`\`\``,
  ] as const;

/** Each fixture shows a rule once; these are the other ways in which rules speak. */
describe("names and places", () => {
  it.each([
    [
      "`heartbeat` | no ",
      "`heartbeats` | no ",
      "undeclared-feature no table declares the feature heartbeats",
    ],
    [
      "`session.ping`                |",
      "`session.pings`               |",
      "undeclared-message no table declares the message session.pings",
    ],
    [
      "`namespace:money` ",
      "`namespace:gold` ",
      "feature-gates budget gates the namespace gold, which no table declares",
    ],
    [
      "| `budget` | amount",
      "|          | amount",
      "feature-gates budget gates money, whose Feature is empty",
    ],
    [
      "`namespace:money`             |",
      "                              |",
      "feature-gates money has the Feature budget, whose Gates leave it out",
    ],
    [
      "<!-- arcp:fields job.submit -->",
      "<!-- arcp:fields job.submitt -->",
      "unresolved-reference there is no schema of job.submitt",
    ],
    [
      "of=log id=log-empty",
      "of=Log id=log-empty",
      "unresolved-reference there is no schema of Log",
    ],
    ["and §3.", "and §3.4.", "broken-section-link there is no section 3.4"],
    ["## 5. Tables", "## 4. Tables", "malformed-heading the number 4 is taken by line 127"],
  ])("%s -> %s", (from, to, expected) => {
    expect(findings([from, to])).toContain(expected);
  });

  it("a grammar rule that ABNF has itself", () => {
    const [from, to] = ["AgentName = 1*Letter", "AgentName = 1*Letter\nChar = %x61"];
    expect(findings([from, to])).toContain(
      "duplicate-name Char is a core rule of RFC 5234 as well: the names of ABNF ignore case",
    );
  });

  it.each([
    ["message or event kind log", "| `session.ping` | both ", "| `log` | both "],
    ["limit max_jobs", "| `max_frame` ", "| `max_jobs` "],
    ["namespace money", "| `files`   |", "| `money`   |"],
    ["feature budget", "| `lease_ends` |", "| `budget` |"],
    ["grammar rule letter", "AgentName = 1*Letter", "AgentName = 1*Letter\nLETTER = %x61"],
    ["id submission", "id=submit req=SUB-01", "id=submission req=SUB-01"],
  ])("two of a name: %s", (what, from, to) => {
    const found = findings([from, to]).filter((finding) => finding.startsWith("duplicate-name"));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`the ${what} stands already at draft-1.1.md:`);
  });

  it("a code span with a kind, and codes and features in examples and traces", () => {
    expect(findings(["(W-01)", '(W-01) Or `kind: "lag"`.'])).toEqual([
      "undeclared-kind no table declares the event kind lag",
    ]);
    expect(
      findings([
        "{ job_id: $J }\n",
        '{ job_id: $J, code: "GONE", features: ["x-vendor.a", "b"] }\n',
      ]),
    ).toEqual([
      "undeclared-error-code no table declares the error code GONE",
      "undeclared-feature no table declares the feature b",
    ]);
    expect(
      findings([
        '"job_id": "j", "payload": {} }',
        '"job_id": "j", "payload": { "code": "GONE" } }',
      ]),
    ).toEqual(["undeclared-error-code no table declares the error code GONE"]);
    expect(
      findings([
        '"payload": { "kind": "log", "body": { "message": "hello" } }\n}\n```\n\n```json example of=job.event id=event-zero',
        '"payload": { "kind": "lug", "body": {} }\n}\n```\n\n```json example of=job.event id=event-zero',
      ]),
    ).toEqual(["undeclared-kind no table declares the event kind lug"]);
  });
});

describe("schemas", () => {
  it.each([
    [
      '{ "type": "objekt" }',
      "malformed-schema the schema of job.accepted cannot be compiled: /type must be equal to one of the allowed values",
    ],
    [
      '{ "type": "string", "pattern": "(" }',
      "malformed-schema the schema of job.accepted cannot be compiled: /pattern is no regular expression",
    ],
    [
      '{ "additionalProperties": false }',
      "malformed-schema job.accepted forbids unknown properties",
    ],
    ['{ "format": "uri" }', 'malformed-schema the format "uri" is not known'],
    [
      '{ "not": { "required": ["a"], "properties": {} } }',
      'malformed-schema job.accepted requires "a" and does not describe it',
    ],
    ['{ "$ref": "other.json" }', 'unresolved-reference "other.json" refers to nothing here'],
    ["[]", "malformed-schema the schema of job.accepted is no object"],
    ...["^(?<a>x)$", "(?<=^(a+)+)b$", "(?<!(a|a)*)b"].map((pattern): [string, string] => [
      `{ "pattern": "${pattern}" }`,
      "malformed-schema the schema of job.accepted cannot be compiled: /pattern cannot be judged: a text may keep it busy",
    ]),
    [
      '{ "patternProperties": { "(": { "type": "string" } } }',
      "malformed-schema the schema of job.accepted cannot be compiled: /patternProperties/( is no regular expression",
    ],
    [
      '{ "anyOf": [{ "properties": { "a": { "description": " " } } }] }',
      "schema-without-description the property a of job.accepted has no description",
    ],
  ])("%s", (schema, expected) => {
    expect(findings(accepted(schema))).toEqual([expected]);
  });

  it.each(["__proto__", "constructor", "toString"])(
    "have no member called %s, and blame no example for it",
    (name) => {
      const member = `{ "properties": { "${name}": { "type": "string", "description": "A." } } }`;
      expect(findings(accepted(member))).toEqual([
        `reserved-name the name ${name} cannot be used, as job.accepted does: objects of JavaScript have it already`,
      ]);
    },
  );

  const REFUSED = "malformed-schema the schema of job.accepted cannot be compiled: ";

  it.each(["^(a|aa)+$", "^a*a*$", "a*b", "^.*foo.*bar$", "^(x+x+)+y", "^(?:a?){30}a{30}$"])(
    "have no pattern that a text can keep busy, and run no example through it: %s",
    (pattern) => {
      const quoted = JSON.stringify(pattern);
      const member = `"job_id": { "pattern": ${quoted}, "description": "An id." }`;
      const long = [
        '"job_id": "j", "payload": {}',
        `"job_id": "${"a".repeat(60)}!", "payload": {}`,
      ] as const;
      const reason =
        /^(?:can be kept busy by one text for as long as its sender likes|is not shown to be quick in 3000 steps): /;
      const said = (found: readonly string[], at: string): void => {
        expect(found).toHaveLength(1);
        expect(found[0]).toContain(`${REFUSED}${at} `);
        expect(found[0]?.slice(`${REFUSED}${at} `.length).replace(reason, "")).toBe(pattern);
      };
      said(
        findings(accepted(`{ "properties": { ${member} } }`), long),
        "/properties/job_id/pattern",
      );
      said(
        findings(accepted(`{ "patternProperties": { ${quoted}: {} } }`)),
        `/patternProperties/${pattern}`,
      );
    },
  );

  it.each(["^[a-z]{1,64}(\\.[a-z]{1,64}){0,30}$", "^(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}$", "^é?$"])(
    "may have a pattern that matches each text in one way: %s",
    (pattern) => {
      const quoted = JSON.stringify(pattern);
      expect(findings(accepted(`{ "pattern": ${quoted} }`))).toEqual([]);
    },
  );

  it("are looked at no further where very many patterns are slow, since each takes its time", () => {
    const others = Array.from({ length: 500 }, (_, n) => {
      const pattern = `"^(a|${"a".repeat(n + 1)})+$"`;
      return `\n\`\`\`\n\n\`\`\`json schema of=Slow${n}\n{ "type": "string", "pattern": ${pattern} }`;
    });
    const named = `\n\`\`\`\n\n\`\`\`json schema of=Named\n{ "type": "string", "pattern": "^(?<n>x)$" }`;
    const found = findings(accepted(`{ "type": "object" }${named}${others.join("")}`)).filter(
      (line) => line.includes("the schema of Slow"),
    );
    const unseen = found.filter((line) => line.includes("not looked at"));
    expect([found.length, unseen.length]).toEqual([500, 490]);
  });

  it.each(["#/$defs/Zed", "#/$defs/Zod"])("that are themselves, with examples: %s", (ref) => {
    const zed = `\n\`\`\`\n\n\`\`\`json schema of=Zed\n{ "anyOf": [{ "$ref": "${ref}" }, { "type": "integer" }] }`;
    const zod = `\n\`\`\`\n\n\`\`\`json schema of=Zod\n{ "$ref": "#/$defs/Zed" }`;
    const shown = `\n\`\`\`\n\n\`\`\`json example of=Zed id=zed\n1`;
    const found = findings(accepted(`{ "type": "object" }${zed}${zod}${shown}`));
    expect(found.map((line) => line.split(" ")[0])).toEqual(["cyclic-reference"]);
  });

  it("may describe beside a reference", () => {
    const twice =
      '{ "properties": { "a": { "$ref": "#/$defs/Lease", "description": "One." }, "b": { "$ref": "#/$defs/Lease", "description": "Two." } } }';
    expect(findings(accepted(twice))).toEqual([]);
  });

  it.each([
    ["#/$defs/job.accepted", [], "job.accepted → job.accepted"],
    ["#/$defs/A", ["A B", "B job.accepted"], "job.accepted → A → B → job.accepted"],
    ["#/$defs/A", ["A B", "B A"], "A → B → A"],
  ])("refer to themselves neither at once nor by others: %s %j", (ref, others, circle) => {
    const rest = others.map((it) => {
      const [name = "", to = ""] = it.split(" ");
      return `\n\`\`\`\n\n\`\`\`json schema of=${name}\n{ "items": { "$ref": "#/$defs/${to}" } }`;
    });
    const tree = `{ "properties": { "a": { "$ref": "${ref}", "description": "More." } } }`;
    expect(findings(accepted(tree + rest.join("")))).toEqual([
      `cyclic-reference schemas refer to themselves in a circle: ${circle}`,
    ]);
  });

  it("fail in a choice at the place of the choice, branches and all", () => {
    const choice =
      '{ "properties": { "a": { "anyOf": [{ "type": "string" }, { "type": "object", "required": ["b"] }], "description": "A." } } }';
    const old =
      'id=accepted-what invalid="/job_id required"\n{ "arcp": "1.1", "id": "m2", "type": "job.accepted", "payload": {} }';
    expect(findings(accepted(choice), [old, example("/payload/a anyOf")])).toEqual([]);
    expect(findings(accepted(choice), [old, example("/payload required")])[0]).toMatch(
      /^invalid-example-fails-elsewhere/,
    );
  });

  it("fail for one reason only", () => {
    const found = findings([
      'invalid="/job_id required"\n{ "arcp": "1.1", "id": "m2"',
      'invalid="/job_id required"\n{ "arcp": "1.1", "id": ""',
    ]);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(
      'invalid-example-fails-elsewhere the example accepted-what is said to fail at "/job_id required", and fails at "/id minLength"',
    );
  });
});

describe("the version of a draft", () => {
  const title = "# A small protocol, 1.1";
  it("is one that its envelope takes, or the number before the dot", () => {
    const [rule, ...rest] = findings([title, "# A small protocol, version 2.0"]);
    expect([rule, rest]).toEqual([
      'protocol-version the draft is of version 2.0, and its envelope takes neither "2.0" nor "2" as arcp',
      [],
    ]);
  });

  it("is what its examples say, but for the old word, and those that show something else", () => {
    const was = '{ "arcp": "1.1", "id": "m1", "type": "job.submit", "payload": {} }';
    const of = (version: string) => findings([was, was.replace("1.1", version)]);
    expect(of("1.1")).toEqual([]);
    expect(of("1.0")).toEqual([
      'protocol-version the draft is of version 1.1, and the example submit-nobody says "1.0" as arcp',
    ]);
  });
});

describe("state machines", () => {
  it.each([
    ["| —                  |", "| `running`          |", "the job has no beginning"],
    ["| `waiting` | `submit` ", "| `running` | `submit` ", "the job never gets waiting"],
    [
      "`end`, `cancel` ",
      "`end`, `start` ",
      "on start the job goes from waiting to running and to done",
    ],
  ])("%s -> %s", (from, to, expected) => {
    expect(findings([from, to])).toEqual([`broken-machine ${expected}`]);
  });

  it("have the states of their type", () => {
    expect(findings(status('"waiting", "running", "done"'))).toEqual([]);
    expect(findings(status('"waiting", "running", "gone"'))).toEqual([
      "broken-machine the states of the job and the enum of JobStatus differ in done, gone",
    ]);
  });
});

describe("a fault that has been reported", () => {
  it.each([
    ["a row of messages", "| both      | 1.1   |", "| sideways  | 1.1   |"],
    ["a header", "| Type           | Direction |", "| Typ            | Direction |"],
    [
      "the dashes of a table",
      "| ----- | ----- | ------- | -------------- |",
      "| ----- | ----- | ------- |",
    ],
    ["a row of states", "| `waiting` | `submit` ", "| waiting   | `submit` "],
    ["the row of a code", "| `NO_SUCH_AGENT` | no ", "| `NO_SUCH_AGENT` | nay "],
    ["a grammar", "AgentName = 1*Letter", "AgentName = 1*(Letter"],
  ])("has no train of others: %s", (_, from, to) => {
    const found = findings([from, to]);
    expect(found.map((finding) => finding.split(" ")[0])).toEqual([
      from.startsWith("AgentName") ? "malformed-grammar" : "malformed-table",
    ]);
  });
});

describe("a bound that a description calls a limit", () => {
  const size = (member: string) => findings(accepted(`{ "properties": { "size": ${member} } }`));
  it("has its number", () => {
    const of = (bound: string, name: string) =>
      size(`{ "type": "integer", "description": "At most \`${name}\` bytes."${bound} }`);
    expect(of(', "maximum": 1048576', "max_frame")).toEqual([]);
    expect(of(', "maximum": 4096', "max_frame")).toEqual([
      "limit-mismatch job.accepted takes at most 4096 here, and max_frame, which its description names, is 1048576",
    ]);
  });

  it("is none where the limit has no number, nothing bounds it, or another word is named", () => {
    const other = '{ "type": "integer", "maximum": 3, "description": "`max_frame` at most `it`." }';
    expect(size(other)).toEqual([]);
    expect(size('{ "type": "string", "description": "At most `max_frame` bytes." }')).toEqual([]);
    expect(
      size('{ "type": "integer", "maximum": 3, "description": "At most `max_jobs`." }'),
    ).toEqual([]);
  });
});

it.each([
  ["spec/draft-arcp-7.2.md", "# A small protocol, 1.1", "7.2"],
  ["draft-7.md", "# A small protocol, 1.1", "7"],
  ["copy-02.md", "# A small protocol, 1.1", "1.1"],
  ["draft-arcp-7.2-2026.md", "# A small protocol, draft 02 (version 1.0)", "02"],
  ["draft2.md", "# A small protocol, revision 3 (version 1.1)", "3"],
])("%s with the title %s is of revision %s", (path, title, revision) => {
  const text = base.replace("# A small protocol, 1.1", title);
  expect(readSpec({ spec: { path, text } }).model?.revision).toBe(revision);
});
