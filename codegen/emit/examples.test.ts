import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DRAFT, validateMessage } from "../../generated/current/index.js";
import type { Problem } from "../../generated/current/index.js";
import { readSpec } from "../model/read.js";

const path = `spec/draft-arcp-${DRAFT}.md`;
const url = new URL(`../../${path}`, import.meta.url);
const { model } = readSpec({ spec: { path, text: readFileSync(url, "utf8") } });
const kinds = new Set(model?.kinds.map(({ kind }) => kind));
const messages = new Set(model?.messages.map(({ type }) => type));
const examples = (model?.examples ?? []).filter(({ of }) => kinds.has(of) || messages.has(of));

const EVENT = { arcp: "1.1", id: "msg_1", type: "job.event", job_id: "job_1", event_seq: 1 };

/** Problems of an example, from its own root: that of a kind is the payload of an event. */
function problemsOf(of: string, value: unknown): readonly Problem[] {
  const result = validateMessage(kinds.has(of) ? { ...EVENT, payload: value } : value);
  const found = result.kind === "invalid" ? result.problems : [];
  if (!kinds.has(of)) return found;
  return found.map((problem) => ({ ...problem, path: problem.path.replace(/^\/payload/, "") }));
}

describe("the examples of the spec", () => {
  it("cover every message and every kind", () => {
    const covered = new Set(examples.map(({ of }) => of));
    expect([...messages, ...kinds].filter((name) => !covered.has(name))).toEqual([]);
  });

  it.each(examples.filter(({ invalid }) => invalid === undefined))(
    "$id is valid",
    ({ of, value }) => {
      expect(problemsOf(of, value)).toEqual([]);
    },
  );

  it.each(examples.filter(({ invalid }) => invalid !== undefined))(
    "$id fails where it says, and that is what is told first",
    ({ of, value, invalid }) => {
      const [first] = problemsOf(of, value);
      expect(first).toMatchObject({ path: invalid?.pointer, code: invalid?.keyword });
      expect(first?.section).toMatch(/^\d+(\.\d+)*$/);
    },
  );
});
