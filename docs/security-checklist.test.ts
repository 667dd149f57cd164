/** docs/security-checklist.md names tests that there are. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const page = readFileSync(join(root, "docs/security-checklist.md"), "utf8");

/** Its lines: what holds, and the files with their titles. */
const lines = [...page.matchAll(/^- (.+)\n((?: {2}- .+\n)*)/gm)].map(
  ([, what, held]) =>
    [
      what!,
      [...held!.matchAll(/^ {2}- (.+)$/gm)].map(
        ([, one]) => /^`([^`]+)` (.+)$/.exec(one!)?.slice(1) ?? [one!, ""],
      ),
    ] as const,
);

/** A source as it is read: texts in pieces are joined, and quotes have no escapes. */
const textOf = (file: string): string =>
  readFileSync(join(root, file), "utf8").replaceAll("\\", "");

describe("the security checklist", () => {
  it("has lines, each of which is held by something", () => {
    expect(lines.length).toBeGreaterThan(45);
    expect(lines.filter(([, held]) => held.length === 0)).toEqual([]);
    const below = lines.reduce((sum, [, held]) => sum + held.length, 0);
    expect(page.match(/^ *[-*|] /gm)).toHaveLength(lines.length + below);
  });

  it.each(lines)("%s", (_what, held) => {
    const missing = held.filter(([file = "", title = ""]) => {
      return title === "" || !existsSync(join(root, file)) || !textOf(file).includes(title);
    });
    expect(missing).toEqual([]);
  });
});
