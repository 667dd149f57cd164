/** A verdict that a run contradicts, that none exercises, and a refusal that no change explains: each is a doubt. */
import { describe, expect, it } from "vitest";
import type { Claim, Sides } from "./claim.js";
import { compareRevisions } from "./compare.js";
import { BASE, compared, edited, modelOf } from "./compare.test-helper.js";
import type { Edit } from "./compare.test-helper.js";
import { fieldChanges } from "./fields.js";
import { placesOf } from "./places.js";
import { createProver } from "./prove.js";
import { formatComparison } from "./report.js";
import { createSide } from "./side.js";
import type { Found } from "./table.js";

const TIGHTER: readonly Edit[] = [
  ['"maximum": 2000', '"maximum": 200'],
  ['"grams": 300', '"grams": 100'],
];

function sides(...edits: readonly Edit[]): Sides {
  const [old, now] = [createSide(modelOf(BASE)), createSide(modelOf(edited(edits)))];
  return { old, new: now, places: placesOf(old, now) };
}

/** The one change of a field, its claims changed. */
function claimed(both: Sides, change: (claim: Claim) => Claim): Found {
  const [found] = fieldChanges(both);
  if (found === undefined) throw new Error("nothing changed");
  return { ...found, claims: found.claims.map(change) };
}

describe("a claim", () => {
  it("that a message is refused is contradicted by one that is taken", () => {
    const both = sides(['["slow", "fast"]', '["slow", "fast", "now"]']);
    const wrong = claimed(both, (claim) => ({
      ...claim,
      verdict: "breaks",
      shows: claim.shows.map((it) => ({ ...it, want: "refused" })),
    }));
    const { verdicts, doubts } = createProver(both).prove(wrong);
    expect(doubts).not.toEqual([]);
    expect(doubts[0]).toEqual({
      doubt: "contradicted",
      of: "field parcel.send/speed",
      direction: "oldClientNewRuntime",
      message: expect.stringMatching(/^"breaks: .*", but \S+ was taken, not refused$/),
    });
    expect(verdicts.oldClientNewRuntime.verdict).toBe("breaks");
  });

  it("that it is taken is contradicted by one that is refused there, with the place and the keyword", () => {
    const both = sides(...TIGHTER);
    const wrong = claimed(both, (claim) => ({
      ...claim,
      verdict: "works",
      shows: claim.shows.map((it) => ({ ...it, want: "taken" })),
    }));
    const { doubts } = createProver(both).prove(wrong);
    expect(doubts).toContainEqual(
      expect.objectContaining({
        doubt: "contradicted",
        message: expect.stringMatching(/refused at "\/payload\/grams" by maximum, not taken$/),
      }),
    );
  });

  it("that nobody shows is in doubt, and so is one shown only by what its writer would not send", () => {
    const both = sides(...TIGHTER);
    for (const change of [
      (claim: Claim): Claim => ({ ...claim, shows: [] }),
      (claim: Claim): Claim => ({
        ...claim,
        shows: [{ id: "made:none", message: { payload: {} }, want: "refused", at: [] }],
      }),
    ]) {
      const { doubts } = createProver(both).prove(claimed(both, change));
      expect(new Set(doubts.map(({ doubt }) => doubt))).toEqual(new Set(["unexercised"]));
    }
  });

  it("of a table alone needs no message", () => {
    const both = sides(...TIGHTER);
    const { verdicts, doubts } = createProver(both).prove(
      claimed(both, (claim) => ({ ...claim, shows: [], table: true })),
    );
    expect(doubts).toEqual([]);
    expect(verdicts.oldClientNewRuntime.proof).toEqual({ by: "table" });
  });
});

describe("the fixtures of both", () => {
  it("are all read by the other, and a refusal that no change explains is a doubt", () => {
    const both = sides(...TIGHTER);
    expect(createProver(both).sweep(fieldChanges(both))).toEqual([]);
    expect(createProver(both).sweep([])).toContainEqual({
      doubt: "unexplained",
      of: "parcel.send#example-send",
      direction: undefined,
      message: '7 refuses it at "/payload/grams" by maximum, and no change says so',
    });
  });

  it("a type that one does not have is explained by its change alone", () => {
    const both = sides(["parcel.nudge", "parcel.nudging"]);
    const doubts = createProver(both).sweep([]);
    expect(doubts.map(({ message }) => message)).toContain(
      "parcel.nudge is unknown to 7, and no change says so",
    );
    expect(compared(["parcel.nudge", "parcel.nudging"]).doubts).toEqual([]);
  });
});

it("what only a fixture could show, and none does, is in doubt", () => {
  const names = '"propertyNames": { "pattern": "^[a-z.]*$" }';
  const { changes, doubts } = compared([
    '"items": { "type": "string" } },\n  "description": "Where it may go."',
    `"items": { "type": "string" } },\n  ${names},\n  "description": "Where it may go."`,
  ]);
  expect(changes.map(({ name }) => name)).toEqual(["Lease"]);
  expect(doubts).toContainEqual({
    doubt: "unexercised",
    of: "type Lease",
    direction: "oldClientNewRuntime",
    message: 'no message shows "breaks: the new one may refuse something by `propertyNames`"',
  });
});

describe("of several reasons", () => {
  const TO = '"to": { "type": "string", "minLength": 1, "description"';
  const either = (...types: readonly string[]): Edit => [
    TO,
    `"to": { "anyOf": [${types.map((it) => `{ "type": "${it}" }`).join(", ")}], "description"`,
  ];
  const none = 'invalid="/payload/to required"';

  it.each([[["string", "object"]], [["object", "string"]]])(
    "all are told, and that of a whole shape before that of a bound: %j",
    (types) => {
      const { changes, doubts } = compared(either(...types));
      expect(doubts).toEqual([]);
      expect(changes[0]?.verdicts.newClientOldRuntime).toMatchObject({
        verdict: "breaks",
        some: true,
        reason: "the old one refuses an object",
        also: ["the old one refuses fewer than 1 character"],
        proof: { count: 2 },
      });
      expect(changes[0]?.verdicts.oldClientNewRuntime.also).toEqual([]);
    },
  );

  it("a field that may be left out goes before a bound", () => {
    const { changes } = compared(
      ['"required": ["to"]', '"required": []'],
      [TO, '"to": { "type": "string", "description"'],
      [none, 'invalid="/payload/to type"'],
      ['"type": "parcel.send", "payload": {}', '"type": "parcel.send", "payload": { "to": 7 }'],
    );
    expect(changes[0]?.verdicts.newClientOldRuntime).toMatchObject({
      reason: "the new one may leave it out, which the old one refuses",
      also: ["the old one refuses fewer than 1 character"],
    });
  });

  it("what breaks some messages only stands behind what breaks all, and says so", () => {
    const both = sides(either("string", "object"));
    const worse = claimed(both, (claim) =>
      claim.reason.includes("object") ? claim : { ...claim, others: [] },
    );
    expect(createProver(both).prove(worse).verdicts.newClientOldRuntime).toMatchObject({
      some: false,
      reason: "the old one refuses fewer than 1 character",
      also: ["the old one refuses an object, of some messages"],
    });
  });

  it("one that breaks all here and some there is told once, as the worse of both", () => {
    const both = sides(...TIGHTER);
    const found = claimed(both, (claim) => claim);
    const twice = found.claims.flatMap((it) => [it, { ...it, others: [] }]);
    const { verdicts } = createProver(both).prove({ ...found, claims: twice });
    expect(verdicts.oldClientNewRuntime).toMatchObject({
      verdict: "breaks",
      some: false,
      reason: "the new one refuses numbers above 200",
      also: [],
    });
  });

  it("one that no message shows is in doubt, though it is not the first", () => {
    const both = sides(either("string", "object"));
    const wrong = claimed(both, (claim) =>
      claim.reason.includes("character") ? { ...claim, shows: [] } : claim,
    );
    const { doubts } = createProver(both).prove(wrong);
    expect(doubts.map(({ message }) => message)).toEqual([
      'no message shows "breaks: the old one refuses fewer than 1 character"',
    ]);
  });

  it("each is a line of the text, a part of the item in Markdown, and a member of the JSON", () => {
    const comparison = compared(either("string", "object"));
    expect(formatComparison(comparison, "text", 0)).toMatch(
      /BREAKS some {2}the old one refuses an object\n {51}the old one refuses fewer than 1 character\n/,
    );
    expect(formatComparison(comparison, "markdown", 0)).toContain(
      "**breaks** for some messages: the old one refuses an object; the old one refuses fewer than 1 character\n",
    );
    expect(JSON.parse(formatComparison(comparison, "json", 0))).toMatchObject({
      changes: [
        { verdicts: { newClientOldRuntime: { also: [expect.stringContaining("1 char")] } } },
      ],
    });
  });
});

it("a comparison says how many messages were read, and how many each verdict rests on", () => {
  const { changes, runs } = compareRevisions(modelOf(BASE), modelOf(edited(TIGHTER)));
  expect(runs.fixtures).toBeGreaterThan(80);
  expect(changes[0]?.verdicts.oldClientNewRuntime).toMatchObject({
    verdict: "breaks",
    some: true,
    reason: "the new one refuses numbers above 200",
    proof: { by: "messages", count: 1, ids: ["made:parcel.send/grams"] },
  });
});
