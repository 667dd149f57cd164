/** The three pairs of our own revisions: what the tables of docs/revisions.md say, and verdicts that are proved. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Json } from "../emit/fixtures/sample.js";
import { REVISIONS } from "../emit/generated-drafts.js";
import { readSide } from "./command.js";
import { compareRevisions } from "./compare.js";
import type { Change, Comparison, Subject } from "./result.js";
import type { Model } from "../model/types.js";
import { createSide, exchanged } from "./side.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = readFileSync(new URL("../../docs/revisions.md", import.meta.url), "utf8");
const NAMES = ["02", "02.1", "1.1"] as const;
const models: ReadonlyMap<string, Model> = new Map(
  await Promise.all(REVISIONS.map(async ([name]) => [name, await readSide(root, name)] as const)),
);

function between(old: (typeof NAMES)[number], now: (typeof NAMES)[number]): Comparison {
  return compareRevisions(models.get(old)!, models.get(now)!);
}

/** The names that a table of the page has for each revision. */
function table(title: string): Readonly<Record<string, ReadonlySet<string>>> {
  const part = page.split(`## ${title}\n`)[1]?.split("\n## ")[0] ?? "";
  const rows = [...part.matchAll(/^\| `([^`]+)` +\| (.*) \|$/gm)].map(
    ([, name = "", cells = ""]) =>
      [name, cells.split("|").map((cell) => cell.trim() === "yes")] as const,
  );
  expect(rows.length, title).toBeGreaterThan(5);
  return Object.fromEntries(
    NAMES.map((revision, i) => [
      revision,
      new Set(rows.flatMap(([name, has]) => (has[i] === true ? [name] : []))),
    ]),
  );
}

const NONE: ReadonlySet<string> = new Set();

const TABLES: readonly (readonly [title: string, subject: Subject])[] = [
  ["Messages", "message"],
  ["Kinds of events", "kind"],
  ["Features", "feature"],
  ["Lease namespaces", "namespace"],
  ["Error codes", "error"],
];

function named({ changes }: Comparison, subject: Subject, how: Change["how"]): string[] {
  return changes.filter((it) => it.subject === subject && it.how === how).map(({ name }) => name);
}

describe.each([
  ["02", "02.1"],
  ["02.1", "1.1"],
  ["02", "1.1"],
  ["1.1", "02"],
] as const)("from %s to %s", (old, now) => {
  const comparison = between(old, now);

  it("every verdict is proved", () => {
    expect(comparison.doubts).toEqual([]);
    for (const { subject, name, verdicts } of comparison.changes) {
      for (const { verdict, reason, proof } of Object.values(verdicts)) {
        expect(reason, `${subject} ${name}`).not.toBe("");
        if (proof.by === "messages") expect(proof.count).toBeGreaterThan(0);
        if (verdict === "breaks" || verdict === "degrades") {
          expect(proof.by, `${subject} ${name}`).toBe("messages");
        }
      }
    }
  });

  it.each(TABLES)("the page and the comparison have the same %s", (title, subject) => {
    const { [old]: before = NONE, [now]: after = NONE } = table(title);
    expect(named(comparison, subject, "added").sort()).toEqual(
      [...after].filter((name) => !before.has(name)).sort(),
    );
    expect(named(comparison, subject, "removed").sort()).toEqual(
      [...before].filter((name) => !after.has(name)).sort(),
    );
    expect(named(comparison, subject, "renamed")).toEqual([]);
  });

  it("a requirement of one id with the same words is no change", () => {
    const strip = (text: string) => text.replace(/ \([WG][^)]*\)$/, "");
    const [a, b] = [models.get(old)!.requirements, models.get(now)!.requirements];
    const same = a.filter((one) =>
      b.some((other) => other.id === one.id && strip(other.sentence) === strip(one.sentence)),
    );
    const told = comparison.changes.filter(({ subject }) => subject === "requirement");
    const [gone, come] = ["removed", "added"].map(
      (how) => told.filter((it) => it.how === how).length,
    ) as [number, number];
    const moved = told.filter(({ was }) => was !== undefined).length;
    expect(a.length).toBe(same.length + gone + (told.length - gone - come));
    expect(b.length).toBe(same.length + come + (told.length - gone - come));
    expect(moved).toBe(told.length - gone - come);
  });
});

describe("the validators that prove", () => {
  it.each(REVISIONS)(
    "of %s judge like those that are generated",
    (name, _, { validateMessage }) => {
      const reader = createSide(models.get(name)!);
      for (const model of models.values()) {
        for (const { id, value } of createSide(model).fixtures) {
          const message = exchanged(value as Json, reader);
          const { outcome } = reader.read(message);
          const { kind } = validateMessage(message);
          expect(outcome === "refused" ? "invalid" : outcome, `${model.revision} ${id}`).toBe(kind);
        }
      }
    },
  );

  it("of 02 and 02.1 refuse every event that a session of 1.1 stored, as those that are generated do", () => {
    const stored = createSide(models.get("1.1")!).fixtures.filter(
      ({ value }) =>
        (value as Json)["arcp"] === "1.1" && (value as Json)["event_seq"] !== undefined,
    );
    expect(stored.length).toBeGreaterThan(20);
    for (const [name, , { validateMessage }] of REVISIONS.filter(([it]) => it !== "1.1")) {
      const reader = createSide(models.get(name)!);
      for (const { id, value } of stored) {
        expect(reader.read(value as Json).outcome, `${name} ${id}`).toBe("refused");
        expect(validateMessage(value as Json).kind, `${name} ${id}`).toBe("invalid");
      }
    }
  });
});

describe("by name", () => {
  it("02.1 adds heartbeats to 02 behind a flag, and lists agents as objects to whoever reads", () => {
    const { changes } = between("02", "02.1");
    const find = (name: string) => changes.find((it) => it.name === name)?.verdicts;
    expect(find("session.ping")).toMatchObject({
      oldClientNewRuntime: { verdict: "works", proof: { by: "messages" } },
      newClientOldRuntime: { verdict: "works", proof: { by: "messages" } },
    });
    expect(find("progress")?.oldReadsNew.verdict).toBe("degrades");
    expect(find("Capabilities/agents")?.oldClientNewRuntime).toMatchObject({
      verdict: "breaks",
      some: true,
    });
  });

  it("1.1 says another version than 02.1, answers a cancel, and closes otherwise", () => {
    const { changes } = between("02.1", "1.1");
    const find = (name: string) => changes.find((it) => it.name === name)?.verdicts;
    expect(find("arcp")?.newClientOldRuntime.verdict).toBe("breaks");
    expect(find("arcp")?.oldClientNewRuntime.verdict).toBe("works");
    expect(find("arcp")?.oldReadsNew).toMatchObject({ verdict: "breaks", some: false });
    expect(find("arcp")?.newReadsOld.verdict).toBe("works");
    expect(find("job.cancel")).toMatchObject({
      oldClientNewRuntime: { verdict: "degrades" },
      newClientOldRuntime: { verdict: "breaks" },
    });
    expect(find("session.close")?.newClientOldRuntime.verdict).toBe("breaks");
    expect(find("job.result/job_id")?.oldReadsNew).toMatchObject({ verdict: "breaks", some: true });
    const moved = (id: string) => changes.find(({ was }) => was === id);
    expect(moved("WATCH-101")).toMatchObject({ how: "reworded", name: "WATCH-05" });
    expect(moved("CANCEL-102")).toMatchObject({ how: "reworded", name: "CANCEL-09" });
    expect(moved("IDEM-101")).toMatchObject({ how: "reworded", name: "IDEM-13" });
    // Says who may cancel, in other words than those that succeed it.
    expect(moved("CANCEL-101")).toBe(undefined);
  });
});
