/**
 * Each kind of change with what it does in the four directions, in a protocol that is not ours. Long because it is a table:
 * a row for each kind of change.
 */
import { describe, expect, it } from "vitest";
import { compareRevisions } from "./compare.js";
import {
  BASE,
  compared,
  edited,
  modelOf,
  reversed,
  told,
  verdictsOf,
} from "./compare.test-helper.js";
import type { Edit } from "./compare.test-helper.js";
import { formatComparison } from "./report.js";

type Verdicts = readonly [
  oldClientNewRuntime: string,
  newClientOldRuntime: string,
  oldReadsNew: string,
  newReadsOld: string,
];

const ALL_WORK: Verdicts = ["works", "works", "works", "works"];
const UNDECIDED: Verdicts = ["undecided", "undecided", "undecided", "undecided"];
const ROW_NUDGE = "| `parcel.nudge` | C → R | 2.0 | | yes | no | | Asks to hurry. |";
const ROW_DONE = "| `job.done` | R → C | 2.0 | | yes | yes | | It arrived. |";
const SCHEMA_NUDGE = "```json schema of=parcel.nudge";

/** A message of a type with its row, its schema, and the examples that the convention wants. */
function message(type: string, direction: string, rest: string, envelope = ""): Edit[] {
  const row = `| \`${type}\` | ${direction} | 2.0 | ${rest} | Something new. |`;
  const example = (id: string, payload: string, invalid = ""): string =>
    `\`\`\`json example of=${type} id=${id}${invalid}\n{ "arcp": "2", "id": "z", "type": "${type}"${envelope}, "payload": ${payload} }\n\`\`\`\n\n`;
  const schema = `\`\`\`json schema of=${type}\n{ "type": "object", "properties": { "size": { "type": "number", "description": "How much." } } }\n\`\`\`\n\n`;
  return [
    [ROW_NUDGE, `${ROW_NUDGE}\n${row}`],
    [
      SCHEMA_NUDGE,
      `${schema}${example("new", "{}")}${example("new-bad", '{ "size": "?" }', ' invalid="/payload/size type"')}${SCHEMA_NUDGE}`,
    ],
  ];
}

function kind(feature: string): Edit[] {
  const schema = `\`\`\`json schema of=dent\n{ "type": "object", "properties": { "deep": { "type": "number", "description": "How." } } }\n\`\`\`\n\n\`\`\`json example of=dent id=dent\n{ "kind": "dent", "body": {} }\n\`\`\`\n\n\`\`\`json example of=dent id=dent-bad invalid="/body/deep type"\n{ "kind": "dent", "body": { "deep": "?" } }\n\`\`\`\n\n`;
  return [
    [
      "| `position` | 2.0 | `tracking`",
      `| \`dent\` | 2.0 | ${feature} | It was dropped. |\n| \`position\` | 2.0 | \`tracking\``,
    ],
    ["```json schema of=note", `${schema}\`\`\`json schema of=note`],
  ];
}

const field = (of: string, name: string, schema: string): Edit => {
  const first =
    { "parcel.send": '"to": {', "parcel.sent": '"watch": {', note: '"text": {' }[of] ?? "";
  return [first, `"${name}": { ${schema}, "description": "Something else." }, ${first}`];
};

const abroadFeature = "| `abroad` | 2.0 | `namespace:sea.cross` | It may leave. |";

const ARCP = '"arcp": { "type": "string", "pattern": "^2$", "description": "Version." },\n    ';

const cases: readonly (readonly [
  what: string,
  edits: readonly Edit[],
  changes: Readonly<Record<string, Verdicts>>,
])[] = [
  [
    "an optional field of a request",
    [field("parcel.send", "gift", '"type": "boolean"')],
    {
      "added field parcel.send/gift": ["works", "degrades", "works", "works"],
    },
  ],
  [
    "a required field of a request",
    [
      field("parcel.send", "from", '"type": "string"'),
      ['"required": ["to"]', '"required": ["from", "to"]'],
      ['"to": "Oslo"', '"from": "Bergen", "to": "Oslo"'],
      [
        '"type": "parcel.send", "payload": {}',
        '"type": "parcel.send", "payload": { "from": "Bergen" }',
      ],
    ],
    { "added field parcel.send/from": ["breaks", "degrades", "works", "works"] },
  ],
  [
    "a field of an answer behind a flag that both have",
    [
      field("parcel.sent", "map", '"type": "string"'),
      ["`field:parcel.sent/watch`", "`field:parcel.sent/watch`, `field:parcel.sent/map`"],
    ],
    {
      "added field parcel.sent/map": ["degrades", "works", "works", "works"],
      "changed feature tracking": ALL_WORK,
    },
  ],
  [
    "a field of an answer behind a flag of its own",
    [
      field("parcel.sent", "map", '"type": "string"'),
      [abroadFeature, `${abroadFeature}\n| \`maps\` | 2.0 | \`field:parcel.sent/map\` | Maps. |`],
    ],
    { "added field parcel.sent/map": ALL_WORK, "added feature maps": ALL_WORK },
  ],
  [
    "a field of a body",
    [field("note", "language", '"type": "string"')],
    {
      "added field note/language": ["degrades", "works", "degrades", "works"],
    },
  ],
  [
    "a request's field that may be left out now",
    [
      ['"required": ["to"]', '"required": []'],
      ['invalid="/payload/to required"', 'invalid="/payload/to type"'],
      ['"type": "parcel.send", "payload": {}', '"type": "parcel.send", "payload": { "to": 7 }'],
    ],
    { "changed field parcel.send/to": ["works", "breaks?", "works", "works"] },
  ],
  [
    "a field of a named type that is required now, which is no change of the type",
    [
      ['"required": ["to"]', '"required": ["to", "allowed"]'],
      [
        '"type": "parcel.send", "payload": {}',
        '"type": "parcel.send", "payload": { "allowed": {} }',
      ],
    ],
    { "changed field parcel.send/allowed": ["breaks?", "works", "works", "works"] },
  ],
  [
    "another type",
    [
      [
        '"grams": { "type": "integer", "minimum": 1, "maximum": 2000',
        '"grams": { "type": "string"',
      ],
      ['"grams": 300', '"grams": "300 g"'],
    ],
    { "changed field parcel.send/grams": ["breaks", "breaks", "works", "works"] },
  ],
  [
    "a word more",
    [['["slow", "fast"]', '["slow", "fast", "now"]']],
    {
      "changed field parcel.send/speed": ["works", "breaks?", "works", "works"],
    },
  ],
  [
    "a field of a body behind a flag of its own, which a log keeps all the same",
    [
      field("note", "language", '"type": "string"'),
      [abroadFeature, `${abroadFeature}\n| \`words\` | 2.0 | \`field:note/language\` | Words. |`],
    ],
    {
      "added field note/language": ["works", "works", "degrades", "works"],
      "added feature words": ALL_WORK,
    },
  ],
  [
    "words in the place of any text",
    [['"door": { "type": "string"', '"door": { "type": "string", "enum": ["back", "front"]']],
    {
      "changed field parcel.sent/door": ["works", "breaks?", "works", "works"],
    },
  ],
  [
    "words without a type in the place of any text",
    [
      ['"door": { "type": "string"', '"door": { "enum": ["back", "front"]'],
      ["/payload/door type", "/payload/door enum"],
    ],
    {
      "changed field parcel.sent/door": ["works", "breaks?", "works", "works"],
    },
  ],
  [
    "one word without a type",
    [
      ['"door": { "type": "string"', '"door": { "const": "back"'],
      ["/payload/door type", "/payload/door const"],
    ],
    {
      "changed field parcel.sent/door": ["works", "breaks?", "works", "works"],
    },
  ],
  [
    "a word and a number",
    [
      ['"door": { "type": "string"', '"door": { "enum": ["back", 7]'],
      ["/payload/door type", "/payload/door enum"],
    ],
    {
      "changed field parcel.sent/door": ["breaks?", "breaks?", "works", "works"],
    },
  ],
  [
    "types that none of the words is of, which is no change",
    [
      [
        '"speed": { "type": "string", "enum"',
        '"speed": { "type": ["string", "null", "integer"], "enum"',
      ],
    ],
    {},
  ],
  [
    "a length that a word does not have",
    [['"enum": ["slow", "fast"]', '"minLength": 1, "maxLength": 3']],
    {
      "changed field parcel.send/speed": ["breaks", "breaks", "works", "works"],
    },
  ],
  [
    "a length that all words have",
    [['"enum": ["slow", "fast"]', '"minLength": 1']],
    {
      "changed field parcel.send/speed": ["works", "breaks?", "works", "works"],
    },
  ],
  [
    "numbers of which only some are taken",
    [['"minimum": 1, "maximum": 2000', '"enum": [100, 300]']],
    {
      "changed field parcel.send/grams": ["breaks?", "works", "works", "works"],
    },
  ],
  [
    "no version any more",
    [
      [ARCP, ""],
      ['"id", "arcp"]', '"id"]'],
      ['{ "arcp": "2", ', "{ "],
    ],
    {
      "removed field Envelope/arcp": ["breaks", "breaks", "breaks", "degrades"],
    },
  ],
  [
    "a lower bound",
    [['"maximum": 2000', '"maximum": 1000']],
    {
      "changed field parcel.send/grams": ["breaks?", "works", "works", "works"],
    },
  ],
  [
    "a pattern in the place of a length",
    [
      [
        '"to": { "type": "string", "minLength": 1',
        '"to": { "type": "string", "pattern": "^[A-Z][a-z]*$"',
      ],
    ],
    { "changed field parcel.send/to": ["breaks?", "works", "works", "works"] },
  ],
  [
    "a longer name of a named type in all messages",
    [
      [
        '"minLength": 1, "x-arcp-id": true, "description": "A parcel',
        '"minLength": 1, "maxLength": 40, "x-arcp-id": true, "description": "A parcel',
      ],
    ],
    { "changed type JobId": ["breaks?", "breaks?", "works", "breaks?"] },
  ],
  [
    "a bound of a named type in no message",
    [['"maxLength": 9', '"maxLength": 8']],
    {
      "changed type Unsent": UNDECIDED,
    },
  ],
  [
    "null in an answer",
    [['"door": { "type": "string"', '"door": { "type": ["string", "null"]']],
    { "changed field parcel.sent/door": ["breaks?", "works", "works", "works"] },
  ],
  [
    "an object within an object",
    [['"h": { "type": "number"', '"h": { "type": "integer"']],
    {
      "changed field parcel.send/box/h": ["breaks?", "works", "works", "works"],
    },
  ],
  [
    "more members for an object that must have some",
    [
      [
        '"box": { "type": "object", "required"',
        '"box": { "type": "object", "minProperties": 2, "required"',
      ],
    ],
    {
      "changed field parcel.send/box": ["breaks?", "works", "works", "works"],
    },
  ],
  [
    "a field of the envelope for events only",
    [
      [
        '"event_seq": { "type": "integer", "minimum": 0',
        '"event_seq": { "type": "integer", "minimum": 1',
      ],
    ],
    { "changed field Envelope/event_seq": ["works", "breaks?", "works", "breaks?"] },
  ],
  [
    "a request with an answer",
    message("parcel.weigh", "C → R", "| no | no | `parcel.sent`"),
    {
      "added message parcel.weigh": ["works", "breaks", "works", "works"],
    },
  ],
  [
    "an answer",
    message("parcel.lost", "R → C", "| no | no | "),
    {
      "added message parcel.lost": ["degrades", "works", "works", "works"],
    },
  ],
  [
    "a message behind a flag of its own",
    [
      ...message("parcel.lost", "both", "`lost` | no | no | "),
      [abroadFeature, `${abroadFeature}\n| \`lost\` | 2.0 | \`parcel.lost\` | Lost. |`],
    ],
    { "added message parcel.lost": ALL_WORK, "added feature lost": ALL_WORK },
  ],
  [
    "a message that is stored, behind a flag of its own",
    [
      ...message(
        "parcel.lost",
        "R → C",
        "`lost` | yes | yes | ",
        ', "job_id": "p", "event_seq": 3',
      ),
      [abroadFeature, `${abroadFeature}\n| \`lost\` | 2.0 | \`parcel.lost\` | Lost. |`],
    ],
    {
      "added message parcel.lost": ["works", "works", "degrades", "works"],
      "added feature lost": ALL_WORK,
    },
  ],
  [
    "a message that is stored",
    message("parcel.lost", "R → C", "| yes | yes | ", ', "job_id": "p", "event_seq": 3'),
    {
      "added message parcel.lost": ["degrades", "works", "degrades", "works"],
    },
  ],
  [
    "a kind",
    [...kind(""), ["Over water.", "Over water, with a `dent`."]],
    {
      "added kind dent": ["degrades", "works", "degrades", "works"],
      "reworded namespace sea.cross": UNDECIDED,
    },
  ],
  [
    "a kind behind a flag of its own, which a log keeps all the same",
    [
      ...kind("`dents`"),
      [abroadFeature, `${abroadFeature}\n| \`dents\` | 2.0 | \`kind:dent\` | Dents. |`],
    ],
    { "added kind dent": ["works", "works", "degrades", "works"], "added feature dents": ALL_WORK },
  ],
  [
    "other answers",
    [[ROW_NUDGE, ROW_NUDGE.replace("| no | |", "| no | `parcel.sent` |")]],
    {
      "changed message parcel.nudge": ["degrades", "breaks", "works", "works"],
    },
  ],
  [
    "another direction",
    [[ROW_NUDGE, ROW_NUDGE.replace("C → R", "both")]],
    {
      "changed message parcel.nudge": ["breaks", "works", "works", "works"],
    },
  ],
  [
    "a message that names no job any more",
    [
      [ROW_NUDGE, ROW_NUDGE.replace("yes", "no")],
      [
        'id=nudge-none invalid="/job_id required"\n{ "arcp": "2", "id": "f", "type": "parcel.nudge", "payload": {} }',
        'id=nudge-none invalid="/payload/why type"\n{ "arcp": "2", "id": "f", "type": "parcel.nudge", "payload": { "why": 1 } }',
      ],
    ],
    { "changed message parcel.nudge": ["works", "breaks?", "works", "works"] },
  ],
  [
    "a message that is numbered no more",
    [[ROW_DONE, ROW_DONE.replace("yes | yes", "yes | no")]],
    {
      "changed message job.done": ["breaks?", "works", "works", "works"],
    },
  ],
  [
    "a message behind a flag that both have",
    [
      [ROW_NUDGE, ROW_NUDGE.replace("2.0 | |", "2.0 | `tracking` |")],
      ["`job.track`, `kind:position`", "`job.track`, `parcel.nudge`, `kind:position`"],
    ],
    {
      "changed message parcel.nudge": ["degrades", "works", "works", "works"],
      "changed feature tracking": ["degrades", "works", "works", "works"],
    },
  ],
  [
    "a code",
    [
      [
        "| `TOO_HEAVY` | no",
        "| `TOO_LARGE` | no | 2.0 | Make it smaller. | Its size does not fit. |\n| `TOO_HEAVY` | no",
      ],
      ["whatever the parcel holds.", "or with `TOO_LARGE`."],
    ],
    {
      "added error TOO_LARGE": ["degrades", "works", "degrades", "works"],
      "reworded requirement SEND-01": UNDECIDED,
    },
  ],
  [
    "a code that may be tried again",
    [["`TOO_HEAVY` | no", "`TOO_HEAVY` | yes"]],
    {
      "changed error TOO_HEAVY": ["degrades", "degrades", "degrades", "degrades"],
    },
  ],
  [
    "a namespace",
    [["| `road.use` |", "| `air.use` | 2.0 | | `name` | By plane. |\n| `road.use` |"]],
    {
      "added namespace air.use": ["degrades", "degrades", "works", "works"],
    },
  ],
  [
    "other patterns of a namespace",
    [["`road.use` | 2.0 | | `path`", "`road.use` | 2.0 | | `name`"]],
    {
      "changed namespace road.use": ["degrades", "degrades", "works", "works"],
    },
  ],
  [
    "a limit that only the runtime tells",
    [["| `weight_max` | 2_000", "| `weight_max` | 1_000"]],
    {
      "changed limit weight_max": UNDECIDED,
    },
  ],
  [
    "a limit that none tells",
    [["| `depth_max` | 64 |", "| `depth_max` | none |"]],
    {
      "changed limit depth_max": UNDECIDED,
    },
  ],
  [
    "a state of a job, and the way to it",
    [
      [
        "| `taken` | `there` | `arrive` |",
        "| `taken` | `lost` | `lose` | Nobody knows. |\n| `taken` | `there` | `arrive` |",
      ],
    ],
    {
      "added state job/lost": ["degrades", "works", "degrades", "works"],
      "added transition job: taken → lost on lose": UNDECIDED,
    },
  ],
  [
    "a state of a session",
    [
      [
        "| `open` | `shut` | `close` |",
        "| `shut` | `gone` | `forget` | Over. |\n| `open` | `shut` | `close` |",
      ],
    ],
    {
      "added state session/gone": UNDECIDED,
      "added transition session: shut → gone on forget": UNDECIDED,
    },
  ],
  [
    "a rule of the grammar",
    [["Way = 1*%x61-7A", "Way = 2*%x61-7A"]],
    { "changed grammar Way": UNDECIDED },
  ],
  [
    "a rule, and one of another side",
    [
      ["- **SEND-01**", "- **SEND-02** The client MUST NOT send what bites.\n- **SEND-01**"],
      ["DESK-02** The client", "DESK-02** An operator"],
    ],
    { "added requirement SEND-02": UNDECIDED, "reworded requirement DESK-02": UNDECIDED },
  ],
  [
    "a rule that an older draft had otherwise",
    [
      [
        "**DESK-101** Both peers MUST close the counter at the end of the day, before it is dark.",
        "**DESK-03** Both peers MUST close the counter at the end of the day. (W-07)",
      ],
    ],
    { "reworded requirement DESK-101 => DESK-03": UNDECIDED },
  ],
  [
    "nothing but a ruling and other spaces",
    [["whatever the parcel holds.", "whatever\n  the parcel holds. (W-07)"]],
    {},
  ],
  ["nothing but prose", [['"description": "Its weight."', '"description": "In grams."']], {}],
  [
    "what the tables mean, which no message decides",
    [
      ["Asks to hurry.", "Says to make haste."],
      ["Where it is. |", "Where it was. |"],
      ["Nobody opened the door.", "Nobody opened, or the dog did."],
      ["It may leave.", "It may leave the country."],
      ["Over land.", "Over land and bridges."],
      ["| Heaviest. |", "| Heaviest of all. |"],
      ["It is delivered.", "It lies before the door."],
    ],
    {
      "reworded message parcel.nudge": UNDECIDED,
      "reworded kind position": UNDECIDED,
      "reworded error NOBODY_HOME": UNDECIDED,
      "reworded feature abroad": UNDECIDED,
      "reworded namespace road.use": UNDECIDED,
      "reworded limit weight_max": UNDECIDED,
      "reworded transition job: taken → there on arrive": UNDECIDED,
    },
  ],
  [
    "a code that means something else, and may be tried again",
    [
      ["`TOO_HEAVY` | no", "`TOO_HEAVY` | yes"],
      ["It weighs more than", "It, or what it stands on, weighs more than"],
    ],
    { "changed error TOO_HEAVY": ["degrades", "degrades", "degrades", "degrades"] },
  ],
];

describe("a change", () => {
  it.each(cases)("%s", (_, edits, changes) => {
    const { changes: found, doubts } = compared(...edits);
    expect(doubts).toEqual([]);
    expect(Object.fromEntries(found.map((it) => [told(it), verdictsOf(it)]))).toEqual(changes);
  });

  it.each(cases)("%s, the other way round", (_, edits, changes) => {
    const { changes: found, doubts } = reversed(...edits);
    expect(doubts).toEqual([]);
    const verdicts = ([one, two, three, four]: Verdicts): Verdicts => [two, one, four, three];
    expect(found.map((it) => verdictsOf(it)).sort()).toEqual(
      Object.values(changes).map(verdicts).sort(),
    );
  });
});

it("who may send a message is said by no message: the proof is the table", () => {
  const [change] = compared([ROW_NUDGE, ROW_NUDGE.replace("C → R", "both")]).changes;
  expect(change?.verdicts.oldClientNewRuntime).toMatchObject({
    verdict: "breaks",
    proof: { by: "table" },
  });
  expect(change?.verdicts.oldReadsNew.proof).toEqual({ by: "absence" });
});

it("a limit is no question where each side tells the other its number", () => {
  const told: Edit = [
    '"name": { "type": "string", "description": "Who asks." },',
    '"name": { "type": "string", "description": "Who asks." },\n"weight_max": { "type": "integer", "description": "In grams." },',
  ];
  const [old, now] = [
    edited([told]),
    edited([told, ["| `weight_max` | 2_000", "| `weight_max` | 1_000"]]),
  ];
  const { changes, doubts } = compareRevisions(modelOf(old), modelOf(now, "draft-8.md"));
  expect(doubts).toEqual([]);
  expect(changes.map((it) => [it.name, verdictsOf(it)])).toEqual([["weight_max", ALL_WORK]]);
  const [alone] = compared(["| `weight_max` | 2_000", "| `weight_max` | 1_000"]).changes;
  expect(alone?.verdicts.oldClientNewRuntime.reason).toMatch(/^only a runtime tells its number/);
});

it("what a code means is told beside what is decided of it, and is not decided", () => {
  const [code] = compared(
    ["`TOO_HEAVY` | no", "`TOO_HEAVY` | yes"],
    ["It weighs more than", "It, or what it stands on, weighs more than"],
  ).changes;
  expect(code?.details).toEqual([
    { aspect: "retryable", old: "no", new: "yes" },
    {
      aspect: "meaning",
      old: "It weighs more than `weight_max`.",
      new: "It, or what it stands on, weighs more than `weight_max`.",
    },
  ]);
  const comparison = compared(["Nobody opened the door.", "It was shut."]);
  expect(comparison.changes[0]?.verdicts.oldClientNewRuntime.reason).toMatch(/^a meaning is prose/);
  expect(formatComparison(comparison, "text", 0)).toContain(
    "Error codes: 1 reworded (not decided by messages)\n" +
      "  ~ NOBODY_HOME\n      meaning: Nobody opened the door. -> It was shut.\n\n",
  );
  expect(formatComparison(comparison, "markdown", 0)).toContain(
    "- **reworded** error `NOBODY_HOME`\n  - was: Nobody opened the door.\n  - is: It was shut.\n",
  );
  const other: Edit = ["`TOO_HEAVY` | no", "`TOO_HEAVY` | yes"];
  const mixed = compared(other, ["Nobody opened the door.", "It was shut."]);
  expect(formatComparison(mixed, "text", 0)).toContain(
    "  ~ NOBODY_HOME\n      meaning (not decided by messages): Nobody opened the door. -> It was shut.\n\n",
  );
});

it("a word for which no message has a place is not decided", () => {
  const nowhere: Edit[] = [
    ['"code"', '"why"'],
    ["/payload/code ", "/payload/why "],
    ["whatever the parcel holds.", "or with `TOO_HEAVY`."],
  ];
  const row = "| `TOO_HEAVY` | no | 2.0 |";
  const more: Edit[] = [
    [row, `| \`TOO_WET\` | no | 2.0 | Dry it. | It drips. |\n${row}`],
    ["or with `TOO_HEAVY`.", "or with `TOO_HEAVY` or `TOO_WET`."],
  ];
  const { changes } = compareRevisions(
    modelOf(edited(nowhere)),
    modelOf(edited([...nowhere, ...more])),
  );
  expect(changes.map((it) => [told(it), verdictsOf(it)[0]])).toEqual([
    ["added error TOO_WET", "undecided"],
    ["reworded requirement SEND-01", "undecided"],
  ]);
});

describe("the version", () => {
  it("is exchanged for every other verdict, and has one of its own: a client speaks first", () => {
    const { changes, doubts } = compared(
      ["version 2.0", "version 2.1"],
      ['"^2$"', '"^2(\\\\.1)?$"'],
    );
    expect(doubts).toEqual([]);
    expect(changes.map((it) => [told(it), verdictsOf(it)])).toEqual([
      ["changed version arcp", ["works", "breaks", "breaks", "works"]],
    ]);
    expect(changes[0]?.details).toEqual([
      { aspect: "says", old: "2", new: "2.1" },
      { aspect: "takes", old: "^2$", new: "^2(\\.1)?$" },
    ]);
  });

  it("that is stored is refused whoever could have said another, and each way round is shown", () => {
    const newer: Edit[] = [
      ["version 2.0", "version 2.1"],
      ['"^2$"', '"^2(\\\\.1)?$"'],
    ];
    const stored = "; only what was said as `2` it takes";
    const [came] = compared(...newer).changes;
    expect(came?.verdicts).toMatchObject({
      oldClientNewRuntime: { verdict: "works" },
      newClientOldRuntime: {
        reason: "the old one refuses `2.1`; it takes `2`, which the new one may say",
        proof: { by: "messages", count: 2 },
      },
      oldReadsNew: {
        verdict: "breaks",
        some: false,
        reason: `the old one refuses \`2.1\`${stored}`,
        proof: { by: "messages", count: 2 },
      },
      newReadsOld: { verdict: "works", reason: "the new one takes `2`" },
    });
    const [went] = reversed(...newer).changes;
    expect(went && verdictsOf(went)).toEqual(["breaks", "works", "works", "breaks"]);
    expect(went?.verdicts.newReadsOld.reason).toBe(`the new one refuses \`2.1\`${stored}`);
  });

  it("breaks in all directions where neither takes the other's", () => {
    const { changes, doubts } = compared(
      ["(version 2.0)", "(version 3.0)"],
      ['"^2$"', '"^3$"'],
      ['"arcp": "2"', '"arcp": "3"'],
    );
    expect(doubts).toEqual([]);
    expect(changes.map(verdictsOf)).toEqual([["breaks", "breaks", "breaks", "breaks"]]);
  });
});

it("names a copy by its file as well: its title may be that of what it was copied from", () => {
  const copy = modelOf(edited([["Nobody opened the door.", "It was shut."]]), "notes/copy.md");
  const [first] = formatComparison(compareRevisions(modelOf(BASE), copy), "text", 0).split("\n");
  expect(first).toMatch(/^7 .*-> .*\(.*notes\/copy\.md\): 1 change/);
});
