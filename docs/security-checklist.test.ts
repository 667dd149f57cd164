/** docs/security-checklist.md names tests that there are. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const page = readFileSync(join(root, "docs/security-checklist.md"), "utf8");

/** The rows of its tables: what holds, and the files with their titles. */
const rows = [...page.matchAll(/^\| (?!what holds|-)(.+?) +\| (.+?) +\|$/gm)].map(
  ([, what, held]) =>
    [
      what!,
      held!.split("<br>").map((one) => /^`([^`]+)` (.+)$/.exec(one)?.slice(1) ?? [one, ""]),
    ] as const,
);

/** A source as it is read: texts in pieces are joined, and quotes have no escapes. */
const textOf = (file: string): string =>
  readFileSync(join(root, file), "utf8").replaceAll("\\", "");

describe("the security checklist", () => {
  it("has rows, each of which is held by something", () => {
    expect(rows.length).toBeGreaterThan(35);
    expect(page.match(/^\| /gm)).toHaveLength(rows.length + 2 * page.match(/^## /gm)!.length);
  });

  it.each(rows)("%s", (_what, held) => {
    const missing = held.filter(([file = "", title = ""]) => {
      return title === "" || !existsSync(join(root, file)) || !textOf(file).includes(title);
    });
    expect(missing).toEqual([]);
  });
});
