import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as generated from "../../generated/current/index.js";
import { emitReference } from "./reference.js";
import { REVISIONS } from "./generated-drafts.js";
import { sampleModel } from "./testing.js";

const url = new URL(`../../generated/draft-${generated.DRAFT}/reference.md`, import.meta.url);
const text = readFileSync(url, "utf8");

/** Anchors that a Markdown file declares in HTML. */
function anchorsOf(markdown: string): Set<string> {
  return new Set([...markdown.matchAll(/<a id="([^"]+)">/g)].map((match) => match[1] ?? ""));
}

describe("reference.md", () => {
  it.each(REVISIONS)("of draft %s leads only to places that are there", (name, folder) => {
    const url = new URL("reference.md", folder);
    const text = readFileSync(url, "utf8");
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? "");
    expect(links.length).toBeGreaterThan(200);
    const files = new Map<string, Set<string>>();
    for (const link of new Set(links)) {
      const [path = "", anchor] = link.split("#");
      const target = new URL(path === "" ? url : new URL(path, url));
      const anchors = files.get(path) ?? anchorsOf(readFileSync(target, "utf8"));
      files.set(path, anchors);
      if (anchor !== undefined) expect(anchors, link).toContain(anchor);
    }
    expect([...files.keys()]).toEqual(
      expect.arrayContaining(["", `../../spec/draft-arcp-${name}.md`]),
    );
  });

  it("declares no anchor twice", () => {
    const anchors = [...text.matchAll(/<a id="([^"]+)">/g)].map((match) => match[1]);
    expect(anchors.filter((it, i) => anchors.indexOf(it) !== i)).toEqual([]);
  });

  it("has a row for everything", () => {
    const { MessageType, ErrorCode, Feature, EventKind, Namespace, requirements } = generated;
    const cells = new Set(text.split("\n").map((line) => line.split(" | ")[0] ?? ""));
    for (const type of Object.values(MessageType))
      expect(cells).toContain(`| [\`${type}\`](#${type})`);
    for (const kind of Object.values(EventKind))
      expect(cells).toContain(`| [\`${kind}\`](#kind-${kind})`);
    for (const word of [
      ...Object.values(ErrorCode),
      ...Object.values(Feature),
      ...Object.values(Namespace),
    ]) {
      expect(cells).toContain(`| \`${word}\``);
    }
    for (const id of Object.keys(requirements))
      expect(cells).toContain(`| <a id="${id}"></a>${id}`);
  });

  it("has as many cells in each row as its table has columns, also where the prose has pipes", () => {
    const model = sampleModel();
    const errors = model.errors.map((it) => ({
      ...it,
      meaning: "This | that, [§1](#wire), [W](rulings.md#w-1).",
    }));
    const odd = emitReference({ ...model, errors }).text;
    expect(odd).toContain(
      "This \\| that, [§1](../../spec/draft-arcp-9.9.md#wire), [W](../../spec/rulings.md#w-1).",
    );
    for (const page of [text, odd]) {
      let columns = 0;
      for (const line of page.split("\n")) {
        if (!line.startsWith("|")) columns = 0;
        else {
          const cells = line.split(/(?<!\\)\|/).length;
          if (columns === 0) columns = cells;
          expect(cells, line).toBe(columns);
        }
      }
    }
  });
});
