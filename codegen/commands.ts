/** The commands, how each is called, and what it does. What one alone needs is loaded when it runs. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UsageError, choice, flag, text } from "../conformance/usage/options.js";
import { readArguments } from "../conformance/usage/read.js";
import type { Given, Options, Usage } from "../conformance/usage/read.js";
import type { DiagnosticFormat } from "./model/diagnostics.js";
import { readRevisions } from "./revisions.js";
import { asideFor, report } from "./surroundings.js";
import type { Surroundings } from "./surroundings.js";

/** A command of `main`. */
export interface Command {
  readonly usage: Usage;
  /** Runs it with the arguments behind its name; gives the exit code. */
  run(at: Surroundings, args: readonly string[]): Promise<number>;
}

function command<O extends Options>(
  usage: Usage<O>,
  run: (at: Surroundings, given: Given<O>) => Promise<number>,
): Command {
  return { usage, run: async (at, args) => run(at, readArguments(usage, args)) };
}

const findings = choice(["text", "json", "github"], "how findings are printed; text without it");
const reported = choice(["text", "markdown", "json"], "how it is printed; text without it");
const NAMED = "a name (02.1) or the path of a spec";

export const COMMANDS: Readonly<Record<string, Command>> = {
  generate: command(
    {
      name: "npm run generate",
      about: "Writes generated/ from the spec: docs/generated.md.",
      options: {
        check: flag("writes nothing; says what differs"),
        watch: flag("writes again on each save, until it is stopped"),
        format: findings,
      },
      exits: { 0: "done", 1: "findings, or differences" },
      together({ values: { check, watch } }) {
        if (check && watch) throw new UsageError("--check and --watch exclude each other");
      },
    },
    async (at, { values: { check, watch, format = "text" } }) => {
      if (watch) return (await import("./watch.js")).generateOnSave(at, format);
      return (await import("./generate.js")).generate(at, check, format);
    },
  ),
  lint: command(
    {
      name: "npm run spec:lint",
      about: "Checks the spec: docs/editing-the-spec.md.",
      options: {
        accept: flag("takes new and reworded requirements as read, where nothing else is found"),
        format: findings,
      },
      exits: { 0: "no findings", 1: "findings; of such a draft nothing was taken as read" },
    },
    async (at, { values: { accept, format = "text" } }) =>
      (await import("./lint.js")).lint(at, format, accept),
  ),
  fmt: command(
    {
      name: "npm run spec:fmt",
      about:
        "Writes the field tables of the spec from its schemas, and the tables of words in docs/revisions.md.",
      options: { check: flag("writes nothing; says what is stale"), format: findings },
      exits: { 0: "done", 1: "a spec that cannot be read; with --check, stale tables" },
    },
    (at, { values: { check, format = "text" } }) => fmt(at, check, format),
  ),
  size: command(
    {
      name: "npm run size",
      about: "Says what somebody ships who imports what is generated.",
      options: {},
      exits: { 0: "all within its budget", 1: "something is too large" },
    },
    async (at) => (await import("./sizes.js")).printSizes(at),
  ),
  audit: command(
    {
      name: "npm run spec:audit",
      about:
        "Says what an upstream draft has that our model has not: docs/auditing-a-draft.md. Writes nothing but what --accept accepts.",
      options: {
        revision: text("NAME", "the revision of ours; the newest without it"),
        was: text(
          "ACCEPTED.md",
          "the draft that was accepted, and no other: what changed is told in its words too",
        ),
        suggest: flag("prints a patch of our spec instead"),
        accept: text("WHY", "takes the passages of the draft as read, with this reason", (why) => {
          if (why.trim() === "") throw new UsageError("say in words why the passages are accepted");
        }),
        format: reported,
      },
      words: { form: "DRAFT.md", about: "the upstream draft", least: 1, most: 1 },
      exits: {
        0: "nothing beyond the baseline",
        1: "differences, a passage that changed, or a stale entry of the baseline",
        2: "a wrong call, no draft of the protocol that could be read, or --was is not the one that was accepted",
      },
      together({ values: { suggest, accept, format } }) {
        if (suggest && format !== undefined)
          throw new UsageError("--suggest prints a patch, and has no --format");
        if (suggest && accept !== undefined)
          throw new UsageError("--suggest prints a patch, and accepts nothing");
      },
    },
    async (at, { values: { revision, was, suggest, accept, format }, words: [file = ""] }) => {
      const { audit } = await import("./audit/command.js");
      return audit(at, { file, revision, was, format: format ?? "text", suggest, accept });
    },
  ),
  "new-revision": command(
    {
      name: "npm run spec:new-revision",
      about:
        "Begins a draft as a copy of the newest, and says what to do next: docs/revising-the-spec.md.",
      options: {
        from: text("NAME", "the draft to copy; the newest without it"),
        version: text(
          "VERSION",
          "the version of the protocol that it describes; its name without it",
        ),
      },
      words: { form: "NAME", about: "the name of the draft, such as 1.2", least: 1, most: 1 },
      exits: {
        0: "begun",
        1: "the spec or the new text has findings, or the draft is there already",
        2: "a wrong call, or a name that is none",
      },
    },
    async (at, { values: { from, version }, words: [name = ""] }) =>
      (await import("./revise/new-revision.js")).newRevision(at, { name, from, version }),
  ),
  diff: command(
    {
      name: "npm run spec:diff",
      about:
        "Says what changed between two revisions, and which peers still understand each other: docs/spec-diff.md. Writes nothing.",
      options: {
        "fail-on": choice(["breaking"], "exits with 1 when something breaks"),
        format: reported,
      },
      words: { form: "OLD NEW", about: `two revisions, each ${NAMED}`, least: 2, most: 2 },
      exits: {
        0: "compared, and every verdict is proved",
        1: "the same, and something breaks, which was to fail",
        2: "nothing was compared: a wrong call, no such revision, or a spec with findings",
        3: "a verdict is not proved by messages",
      },
    },
    async (at, { values: { format = "text", "fail-on": fail }, words: [old = "", now = ""] }) => {
      const { compare } = await import("./compare/command.js");
      return compare(at, { old, new: now, format, failOnBreaking: fail !== undefined });
    },
  ),
};

async function fmt(at: Surroundings, check: boolean, format: DiagnosticFormat): Promise<number> {
  const { formatSpec } = await import("./fmt.js");
  const aside = asideFor(at, format);
  let stale = false;
  const revisions = await readRevisions(at.root);
  for (const { spec, unreadable } of revisions) {
    const { text: formatted, changed, unreadable: given = [] } = formatSpec(spec);
    const unread = [...unreadable, ...given];
    if (unread.length > 0) {
      report(at, unread, format);
      return 1;
    }
    if (formatted === spec.text) continue;
    stale = true;
    const tables = changed.join(", ");
    if (check) aside.out(`${spec.path}: stale field tables: ${tables}. Run: npm run spec:fmt\n`);
    else {
      await writeFile(join(at.root, spec.path), formatted);
      aside.out(`${spec.path}: wrote the field tables of ${tables}\n`);
    }
  }
  const { formatPage } = await import("./revise/page.js");
  stale = (await formatPage(aside, revisions, check)) || stale;
  report(at, [], format);
  return check && stale ? 1 : 0;
}
