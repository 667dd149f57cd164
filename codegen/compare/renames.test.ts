/** What was removed and what was added are one thing, where nothing else could be meant. */
import { describe, expect, it } from "vitest";
import { likeness, matches, nameLikeness } from "./alike.js";
import { compared, reversed, told, verdictsOf } from "./compare.test-helper.js";
import type { Edit } from "./compare.test-helper.js";

const TO = '"to": { "type": "string", "minLength": 1, "description": "Where it goes." }';
const destination: Edit[] = [
  [TO, TO.replace('"to"', '"destination"')],
  ['["to"]', '["destination"]'],
  ['"to": "Oslo"', '"destination": "Oslo"'],
  ["/payload/to required", "/payload/destination required"],
];

const cases: readonly (readonly [what: string, edits: readonly Edit[], told: readonly string[]])[] =
  [
    [
      "a field of the same form, described alike",
      destination,
      ["renamed field parcel.send/to => parcel.send/destination"],
    ],
    [
      "a field of the same form, called alike",
      [
        [
          '"door": { "type": "string", "description": "Where it was handed over." }',
          '"door_name": { "type": "string", "description": "Front, back or side." }',
        ],
        ['"door"', '"door_name"'],
        ["/payload/door ", "/payload/door_name "],
      ],
      ["renamed field parcel.sent/door => parcel.sent/door_name"],
    ],
    [
      "not a field of another form",
      [
        ...destination,
        [
          '"destination": { "type": "string", "minLength": 1',
          '"destination": { "type": "string", "minLength": 2',
        ],
      ],
      ["added field parcel.send/destination", "removed field parcel.send/to"],
    ],
    [
      "not where two could be meant",
      [
        ...destination,
        [
          '"grams": {',
          '"target": { "type": "string", "minLength": 1, "description": "Where it goes." },\n"grams": {',
        ],
      ],
      [
        "added field parcel.send/destination",
        "added field parcel.send/target",
        "removed field parcel.send/to",
      ],
    ],
    [
      "a message",
      [["parcel.nudge", "parcel.nudging"]],
      ["renamed message parcel.nudge => parcel.nudging"],
    ],
    [
      "a kind",
      [
        ["`note`", "`notes`"],
        ["of=note ", "of=notes "],
        ["of=note\n", "of=notes\n"],
        ['"note"', '"notes"'],
      ],
      ["renamed kind note => notes"],
    ],
    [
      "a code",
      [["NOBODY_HOME", "NOBODY_AT_HOME"]],
      ["renamed error NOBODY_HOME => NOBODY_AT_HOME", "reworded requirement DESK-01"],
    ],
    ["a namespace", [["road.use", "roads.use"]], ["renamed namespace road.use => roads.use"]],
    [
      "not a code that is to be tried again otherwise",
      [
        ["NOBODY_HOME` | yes", "NOBODY_HOME` | no"],
        ["NOBODY_HOME", "NOBODY_AT_HOME"],
      ],
      ["added error NOBODY_AT_HOME", "removed error NOBODY_HOME", "reworded requirement DESK-01"],
    ],
  ];

describe("a requirement under another id", () => {
  const SHUT =
    "**DESK-101** Both peers MUST close the counter at the end of the day, before it is dark.";
  const rows: readonly (readonly [
    what: string,
    edits: readonly Edit[],
    told: readonly string[],
  ])[] = [
    [
      "of the same words is renamed, of whatever family it is",
      [[SHUT, SHUT.replace("DESK-101", "SEND-07")]],
      ["renamed requirement DESK-101 => SEND-07"],
    ],
    [
      "of nearly the same words is reworded",
      [
        [
          SHUT,
          "**SEND-07** Both peers SHOULD close the counter before the day ends and it is dark.",
        ],
      ],
      ["reworded requirement DESK-101 => SEND-07"],
    ],
    [
      "is none that forbids what the other orders",
      [[SHUT, SHUT.replace("DESK-101", "DESK-03").replace("MUST", "MUST NOT")]],
      ["added requirement DESK-03", "removed requirement DESK-101"],
    ],
    [
      "is none that binds another",
      [[SHUT, SHUT.replace("DESK-101", "DESK-03").replace("Both peers", "The client")]],
      ["added requirement DESK-03", "removed requirement DESK-101"],
    ],
    [
      "is none that orders the same deed of something else",
      [[SHUT, "**DESK-03** Both peers MUST close the parcel with a string that holds."]],
      ["added requirement DESK-03", "removed requirement DESK-101"],
    ],
    [
      "is that which does the same, where another has as many of its words",
      [
        [
          SHUT,
          "**DESK-03** Both peers MUST watch the counter at the end of the day, in the dark.\n" +
            "- **DESK-04** Both peers MUST close the counter at the end of the day, or the door, in the dark.",
        ],
      ],
      ["added requirement DESK-03", "reworded requirement DESK-101 => DESK-04"],
    ],
    [
      "is none where two could be meant",
      [
        [
          SHUT,
          "**DESK-03** Both peers MUST close the counter at the end of the day, before it rains.\n" +
            "- **DESK-04** Both peers MUST close the counter at the end of the day, before it snows.",
        ],
      ],
      ["added requirement DESK-03", "added requirement DESK-04", "removed requirement DESK-101"],
    ],
  ];

  it.each(rows)("%s", (_, edits, expected) => {
    const { changes } = compared(...edits);
    expect(changes.map(told).sort()).toEqual(expected);
  });

  it.each(rows)("%s, the other way round", (_, edits, expected) => {
    const swapped = expected.map((it) =>
      it
        .replace(/^added|^removed/, (how) => (how === "added" ? "removed" : "added"))
        .replace(/(\S+) => (\S+)/, "$2 => $1"),
    );
    expect(
      reversed(...edits)
        .changes.map(told)
        .sort(),
    ).toEqual(swapped.sort());
  });
});

it.each(cases)("%s", (_, edits, expected) => {
  const { changes, doubts } = compared(...edits);
  expect(doubts).toEqual([]);
  expect(changes.map(told).sort()).toEqual(expected);
});

it("a renamed field is as bad as one that went beside one that came", () => {
  const [renamed] = compared(...destination).changes;
  expect(renamed && verdictsOf(renamed)).toEqual(["breaks", "breaks", "works", "works"]);
});

it("likeness is of words, and of letters in names", () => {
  expect(likeness("The runtime MUST answer", "The runtime SHOULD answer")).toBe(1);
  expect(likeness("", "")).toBe(0);
  expect(nameLikeness("last_seq", "last_event_seq")).toBeCloseTo(0.8);
  expect(nameLikeness("colour", "color")).toBeGreaterThan(0.5);
  expect(nameLikeness("agent", "budget")).toBeLessThan(0.5);
});

it("a pair is clearly nearer than any other", () => {
  const near = (scores: Readonly<Record<string, number>>) => (a: string, b: string) =>
    scores[a + b] ?? 0;
  expect(matches(["a"], ["x", "y"], near({ ax: 0.9, ay: 0.7 }))).toEqual(new Map([["a", "x"]]));
  expect(matches(["a"], ["x", "y"], near({ ax: 0.9, ay: 0.85 }))).toEqual(new Map());
  expect(matches(["a", "b"], ["x"], near({ ax: 0.9, bx: 0.85 }))).toEqual(new Map());
  expect(matches(["a"], ["x"], near({ ax: 0.4 }))).toEqual(new Map());
  const settled = near({ ax: 0.95, bx: 0.75, by: 0.6 });
  expect(matches(["b", "a"], ["x", "y"], settled)).toEqual(
    new Map([
      ["b", "y"],
      ["a", "x"],
    ]),
  );
});
