/** That `spec/rulings.md` lists all that departs from the drafts, and all that only our text asks: by the audit's baselines. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { withoutRuling } from "../codegen/model/rules/requirements.js";
import { readModel, readRevisions } from "../codegen/revisions.js";

interface Baseline {
  readonly accepted: readonly { readonly reason: string; readonly keys: readonly string[] }[];
  readonly sentences: readonly {
    readonly reason: string;
    readonly ids: Readonly<Record<string, readonly string[]>>;
  }[];
}

const revisions = await readRevisions(".");
const baselines = revisions.map(
  ({ name }) => JSON.parse(readFileSync(`codegen/baselines/${name}.json`, "utf8")) as Baseline,
);
const drafts = await Promise.all(
  revisions.map(async (one) => (await readModel(".", one)).model?.requirements ?? []),
);
const rulings = readFileSync("spec/rulings.md", "utf8");

/** What stands between two marks of the page. */
function between(from: string, to: string): string {
  const [, rest] = rulings.split(from);
  const [part] = (rest ?? "").split(to);
  expect(rest && part, `${from} … ${to}`).toBeTruthy();
  return part ?? "";
}

const namesOf = (text: string): string[] => text.match(/\bW-\d\d\b/g) ?? [];
/** The ruling in the last cell of each row of a table. */
const rowsOf = (text: string): string[] =>
  text.split("\n").flatMap((line) => /\| (W-\d\d) +\|$/.exec(line)?.[1] ?? []);

const NUMBERS = (
  "Zero One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Thirteen Fourteen Fifteen Sixteen " +
  "Seventeen Eighteen Nineteen Twenty Twenty-one Twenty-two Twenty-three Twenty-four Twenty-five"
).split(" ");

describe("what departs from the drafts", () => {
  const now = rowsOf(between('<a id="differences">', "depart from words of 1.0"));
  const former = rowsOf(between("depart from words of 1.0", '<a id="additions">'));

  it("is counted", () => {
    expect(rulings).toContain(`${NUMBERS[now.length]} rulings depart from what the current draft`);
    expect(rulings).toContain(`${NUMBERS[former.length]} depart from words of 1.0`);
    const again = former.filter((id) => now.includes(id)).length;
    expect(rulings).toContain(`${NUMBERS[again]?.toLowerCase()} of them a second time`);
    expect(new Set(now).size).toBe(now.length);
  });

  it("has every ruling for which the audit accepts a sentence, or a field that differs", () => {
    const { accepted = [], sentences = [] } = baselines.at(-1) ?? {};
    const differing = accepted.filter(({ keys }) => keys.some((key) => key.startsWith("differs:")));
    const named = [...sentences, ...differing].flatMap(({ reason }) => namesOf(reason));
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((id) => !now.includes(id))).toEqual([]);
  });
});

it("lists each requirement that no sentence of a draft asks and no ruling decides, once", () => {
  const asked = new Set(
    baselines.flatMap(({ sentences }) => sentences.flatMap(({ ids }) => Object.values(ids).flat())),
  );
  // Our texts of older drafts decide nothing: what stands there as well is the drafts'.
  const older = new Set(drafts.slice(0, -1).flatMap((some) => some.map(({ id }) => id)));
  const alone = (drafts.at(-1) ?? [])
    .filter(({ sentence }) => withoutRuling(sentence) === sentence)
    .map(({ id }) => id)
    .filter((id) => !asked.has(id) && !older.has(id));
  const listed = rulings.split('<a id="additions">')[1]?.match(/\b[A-Z]+-\d\d\b/g) ?? [];
  expect(listed.filter((id) => !id.startsWith("W-")).sort()).toEqual(alone.sort());
});
