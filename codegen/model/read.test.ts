import { readdirSync, readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDiagnostic } from "./diagnostics.js";
import { readLintFixture } from "./lint-fixture.js";
import { formatLock } from "./lock.js";
import { readSpec } from "./read.js";
import { ruleSummaries } from "./rules/ids.js";

const folder = new URL("../fixtures/lint/", import.meta.url);
const fixture = (name: string): string => readFileSync(new URL(`${name}.md`, folder), "utf8");
const base = fixture("base");
const read = (text: string) => readSpec({ spec: { path: "draft-1.1.md", text } });

describe("the base spec", () => {
  it("has no finding", () => {
    expect(read(base).diagnostics.map(formatDiagnostic)).toEqual([]);
  });

  it("becomes a model in the order of the text, with positions and sections", () => {
    const { model } = read(base);
    expect(model).toMatchObject({
      revision: "1.1",
      messages: [
        { type: "job.submit", direction: "client-to-runtime", replies: ["job.accepted"] },
        { type: "job.accepted", job: true, seq: false, feature: undefined },
        { type: "job.event", job: true, seq: true, section: "3" },
        { type: "session.ping", direction: "both", feature: "heartbeat", since: "1.1" },
      ],
      kinds: [{ kind: "log", schema: { of: "log" } }],
      definitions: [{ name: "AgentName", id: false }, { name: "Lease" }],
      errors: [{ code: "NO_SUCH_AGENT", retryable: false, hint: "Check the name." }],
      limits: [
        { name: "max_frame", value: 1_048_576 },
        { name: "max_jobs", value: undefined },
      ],
      namespaces: [{ pattern: "path" }, { pattern: "amount", feature: "budget" }],
      rules: [{ name: "AgentName", expression: "1*Letter" }, { expression: "%x61-7A" }],
    });
    expect(model?.sections.map(({ number, anchor }) => `${number} ${anchor}`)).toContain(
      "3.1 submission",
    );
    expect(model?.messages[0]?.position).toEqual({ file: "draft-1.1.md", line: 32, column: 3 });
    expect(model?.features[1]?.gates).toEqual([
      { kind: "field", name: "job.submit", path: ["lease", "until"] },
    ]);
    expect(model?.examples.find(({ id }) => id === "log-empty")?.invalid).toEqual({
      pointer: "/body/message",
      keyword: "required",
    });
    expect(model?.traces[0]?.steps.map(({ type }) => type)).toEqual([
      "job.submit",
      "job.accepted",
      "job.event",
    ]);
    expect(model?.traces[0]?.steps[2]?.rest).toContain('body: { message: "ready" }');
  });

  it.each([
    ["draft-arcp-02.md", "# Base, draft 02 (version 1.0)", "02", "1.0"],
    ["draft-arcp-02.1.md", "# Base, draft 02.1 (version 1.1)", "02.1", "1.1"],
    ["draft-arcp-1.1.md", "# Base", "1.1", "1.1"],
    ["base.md", "# Base, revision 1.1", "1.1", "1.1"],
  ])("%s, %s: the file has the revision, the title may have the version", (path, title, ...is) => {
    const text = base.replace(/^# .*$/m, title);
    const { model, diagnostics } = readSpec({ spec: { path, text } });
    expect([model?.revision, model?.version]).toEqual(is);
    // Something in the base is new in 1.1.
    const tooNew = diagnostics.map(({ message }) => message);
    expect(tooNew.includes("1.1 comes after this version, 1.0")).toBe(is[1] === "1.0");
  });

  it("reads the requirements with level, side, feature and plain sentence", () => {
    expect(read(base).model?.requirements).toMatchObject([
      {
        id: "SUB-01",
        level: "MUST",
        side: "runtime",
        feature: undefined,
        section: "3.1",
        sentence: "The runtime MUST answer job.submit with job.accepted.",
      },
      { id: "SUB-02", level: "SHOULD" },
      { id: "HB-01", side: "both", feature: "heartbeat", section: "3.2" },
    ]);
  });

  it("joins state rows into a machine, several sources and events in one row", () => {
    expect(read(base).model?.machines).toMatchObject([
      {
        subject: "job",
        initial: "waiting",
        states: ["waiting", "running", "done"],
        terminal: ["done"],
      },
    ]);
    expect(read(base).model?.machines[0]?.transitions).toHaveLength(6);
  });
});

describe("lint rules", () => {
  const names = readdirSync(folder)
    .filter((name) => !["base.md", "README.md"].includes(name))
    .map((name) => name.replace(/\.md$/, ""));

  it("have a fixture each, and each fixture has a rule", () => {
    expect(names.toSorted()).toEqual(Object.keys(ruleSummaries).toSorted());
  });

  it.each(names)("%s", (name) => {
    const { files, expected } = readLintFixture(base, fixture(name));
    const { diagnostics } = readSpec(files);
    expect(diagnostics.map(formatDiagnostic)).toHaveLength(1);
    expect(diagnostics[0]).toMatchObject({ rule: name, position: expected });
    expect(diagnostics[0]?.message).not.toBe("");
    expect(diagnostics[0]?.fix).not.toBe("");
  });

  it("name the files that cite a reworded requirement", () => {
    const { files } = readLintFixture(base, fixture("reworded-requirement"));
    const { diagnostics } = readSpec({ ...files, citations: { "SUB-01": ["jobs/a.test.ts"] } });
    expect(diagnostics[0]?.fix).toContain("jobs/a.test.ts");
  });

  it("say of a rule with other words than before one thing: that it is another, and what cites the old one", () => {
    const { files } = readLintFixture(base, fixture("changed-requirement"));
    const lock = {
      path: "spec.lock.json",
      text: formatLock([{ id: "SUB-01", sentence: "Before." }]),
    };
    const citations = { "SUB-01": ["jobs/a.test.ts"] };
    const found = readSpec({ ...files, lock, citations }).diagnostics.filter(({ message }) =>
      message.startsWith("SUB-01"),
    );
    expect(found.map(({ rule }) => rule)).toEqual(["changed-requirement"]);
    expect(found[0]?.fix).toContain("call it SUB-03, which no draft has");
    expect(found[0]?.fix).toContain("jobs/a.test.ts");
  });
});

describe("a text that is no spec", () => {
  it.each([
    ["nothing", "", []],
    ["zeros", "\0\n\n".repeat(4096), ["invisible-character"]],
  ])("%s is the cause that is told, not each requirement of the lock", (_, text, also) => {
    const ids = Array.from({ length: 400 }, (_, index) => [`SUB-${index + 100}`, "0".repeat(16)]);
    const lock = { path: "spec.lock.json", text: JSON.stringify(Object.fromEntries(ids)) };
    const { diagnostics } = readSpec({ spec: { path: "draft-1.1.md", text }, lock });
    expect(diagnostics.map(({ rule }) => rule)).toEqual([
      ...also,
      "missing-envelope",
      "removed-requirement",
    ]);
    expect(diagnostics.at(-1)?.message).toContain("400 requirements");
  });
});

describe("garbage", () => {
  const lines = base.split("\n");

  it.each([
    ["nothing", ""],
    ["a byte order mark", "\uFEFF"],
    [
      "binary",
      String.fromCharCode(...Array.from({ length: 4096 }, (_, index) => (index * 7) % 256)),
    ],
    ["open fences", "```json schema of=A\n{"],
    ["half a table", "<!-- arcp:messages -->\n| Type |\n|"],
    ["__proto__", base.replaceAll('"nonce"', '"__proto__"').replaceAll("`log`", "`__proto__`")],
    ["schemas of other types", base.replaceAll('"type": "object"', '"type": 7, "properties": 1')],
  ])("%s is a finding, not a crash", (_, text) => {
    expect(read(text).diagnostics.length).toBeGreaterThan(0);
  });

  it("takes names of Object.prototype for names", () => {
    const { model, diagnostics } = read(base.replaceAll("session.ping", "constructor"));
    expect(diagnostics).toEqual([]);
    expect(model?.messages.map(({ type }) => type)).toContain("constructor");
  });

  it("never throws, whatever is cut, doubled or moved", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(lines.length - 1), fc.nat(lines.length - 1), fc.nat(40)), {
          minLength: 1,
          maxLength: 12,
        }),
        (edits) => {
          const text = [...lines];
          for (const [from, to, column] of edits) {
            const line = text[from] ?? "";
            text[from] =
              line.slice(0, column) + (lines[to] ?? "").slice(column) + line.slice(-column);
          }
          const { diagnostics } = read(text.join("\n"));
          for (const { position } of diagnostics) {
            expect(position.line).toBeLessThanOrEqual(text.length);
            expect(position.column).toBeGreaterThan(0);
          }
        },
      ),
      { numRuns: 25 },
    );
  }, 60_000);

  it("reads CR LF like LF and past a byte order mark, with the same positions", () => {
    const broken = base.replace('{ "nonce": "n" } }', '{ "nonce": 7 } }');
    const windows = read(broken.replaceAll("\n", "\r\n"));
    expect(windows.diagnostics).toEqual(read(broken).diagnostics);
    expect(windows.diagnostics).toHaveLength(1);
    expect(read(`\uFEFF${broken}`).diagnostics).toEqual(windows.diagnostics);
    expect(read(`\uFEFF${base}`).model?.sections[0]?.position).toEqual({
      file: "draft-1.1.md",
      line: 3,
      column: 1,
    });
    expect(read("\uFEFF## A 1.1").diagnostics[0]?.position.column).toBe(1);
  });
});
