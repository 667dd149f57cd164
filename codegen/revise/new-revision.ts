/** `new-revision`: begins a draft as a copy of another one, with all that has to follow and that a tool can do. */
import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { baselinePath } from "../audit/baseline.js";
import { heldPath } from "../audit/held.js";
import { quoted } from "../audit/quoted.js";
import { compareVersions } from "../model/cells.js";
import { formatLock } from "../model/lock.js";
import { readSpec } from "../model/read.js";
import type { RuleId } from "../model/rules/ids.js";
import type { Model } from "../model/types.js";
import { readModel, readRevisions } from "../revisions.js";
import { countByFile, report } from "../surroundings.js";
import type { Surroundings } from "../surroundings.js";
import { acceptedFor } from "./baselines.js";
import { withDrafts } from "./exports.js";
import { withExamplesOf, withHead } from "./head.js";
import { placesThatName } from "./places.js";
import { writeTogether } from "./together.js";
import type { Planned } from "./together.js";

/** What to begin. */
export interface NewRevision {
  /** "1.2", "03": that of the upstream draft. */
  readonly name: string;
  /** The draft whose text it begins with; the newest if undefined. */
  readonly from: string | undefined;
  /** The version of the protocol that it describes; its name if undefined. */
  readonly version: string | undefined;
}

/** "1.2", "03", "2026.11": small enough to be typed, and to be a number. */
const NAME = /^\d{1,4}(?:\.\d{1,4}){0,3}$/;
/** So much is shown of what is neither, in characters, the mark where it is cut among them. */
const SHOWN_NAME = 41;
const VERSION = /^[1-9]\d{0,3}\.\d{1,4}$/;

/** Begins a draft. 0: it is there, and what to do next was said; 1: the spec has findings, or it is there already; 2: badly named. */
export async function newRevision(at: Surroundings, wanted: NewRevision): Promise<number> {
  const { name, version = name } = wanted;
  const fail = (code: 1 | 2, message: string): number => {
    at.err(`${message}; nothing was written\n`);
    return code;
  };
  if (!NAME.test(name))
    return fail(
      2,
      `${quoted(name, SHOWN_NAME)} is no name of a draft: write up to four numbers of up to four digits, with dots between, such as 1.2 or 03`,
    );
  if (!VERSION.test(version)) {
    const what = wanted.version === undefined ? `the name ${name}` : quoted(version, SHOWN_NAME);
    return fail(
      2,
      `${what} is no version of the protocol: say which one the draft describes, --version 1.2`,
    );
  }

  const revisions = await readRevisions(at.root);
  const names = revisions.map((one) => one.name);
  const newest = revisions.at(-1)!;
  const base = revisions.find((one) => one.name === (wanted.from ?? newest.name));
  if (base === undefined)
    return fail(2, `there is no draft ${wanted.from} to begin with; there is ${names.join(", ")}`);
  const stem = `spec/draft-arcp-${name}`;
  const own = [`${stem}.md`, `${stem}.lock.json`, baselinePath(name), heldPath(name)];
  for (const path of [...own, `generated/draft-${name}`]) {
    if (await exists(join(at.root, path))) return fail(1, `${path} is there already`);
  }
  const readings = await Promise.all(revisions.map((one) => readModel(at.root, one)));
  const findings = readings.flatMap(({ diagnostics }) => diagnostics);
  if (findings.length > 0) {
    report(at, findings, "text");
    return fail(
      1,
      `the spec has findings, ${countByFile(findings)}: mend what is there before something new begins`,
    );
  }
  const before = readings.at(-1)?.model?.version ?? "";
  if (compareVersions(version, before) < 0)
    return fail(
      2,
      `version ${version} comes before ${before}, which draft ${newest.name} describes`,
    );

  const headed = withHead(base.spec.text, { name, version, replaces: newest.name });
  const ours = readings[revisions.indexOf(base)]?.model;
  const spec = {
    path: `${stem}.md`,
    text:
      ours !== undefined && takesVersion(ours, version)
        ? withExamplesOf(headed, ours.version, version)
        : headed,
  };
  const { model } = readSpec({ spec });
  if (model === undefined || model.version !== version || model.revision !== name)
    return fail(1, `the head of ${base.spec.path} has no title to change`);
  const lock = { path: `${stem}.lock.json`, text: formatLock(model.requirements) };
  const { rulings } = newest;
  const older = [newest.spec, ...newest.older];
  const read = readSpec({ spec, lock, rulings, older }).diagnostics;
  // What its peers say as their version is what a new draft decides: no text that it begins as can have that.
  const diagnostics = read.filter(({ rule }) => rule !== VERSION_RULE);
  const undecided = read.length - diagnostics.length;
  if (diagnostics.length > 0) {
    const shown = diagnostics.slice(0, SHOWN);
    report(at, shown, "text");
    if (shown.length < diagnostics.length) at.err(`… ${diagnostics.length - shown.length} more\n`);
    const why =
      base === newest
        ? "mend them in the text that it begins as"
        : `what stands beside ${newest.name} rests on what ${base.name} has not; begin with ${newest.name}, leaving --from out, and strike what ${name} has not`;
    return fail(1, `draft ${name} would have findings, ${countByFile(diagnostics)}: ${why}`);
  }
  const manifest = await manifestFor(at.root, [...names, name]);
  let accepted: Planned[];
  try {
    accepted = await acceptedFor(at.root, base.name, name);
  } catch (error) {
    return fail(1, error instanceof Error ? error.message : String(error));
  }
  await writeTogether(at.root, [spec, lock, ...accepted, ...manifest]);

  const kept = new Set(model.requirements.map(({ id }) => id));
  const left = readings.at(-1)?.model?.requirements.filter(({ id }) => !kept.has(id)) ?? [];
  const without = left.length === 0 ? "" : `; ${left.length} of ${newest.name} are not among them`;
  at.out(`${spec.path}: begins as ${base.spec.path}, and replaces ${newest.name}\n`);
  at.out(`${lock.path}: ${model.requirements.length} requirements, none of them new${without}\n`);
  for (const { path } of accepted) {
    at.out(`${path}: what was accepted of upstream draft ${base.name}, with the reasons\n`);
  }
  for (const { path } of manifest) {
    at.out(
      `${path}: exports draft ${newest.name} below its name, and the data of ${name} as those of the newest\n`,
    );
  }
  at.out(`\n${steps(name, newest.name, before, model, undecided)}`);
  const begun = [spec, lock, ...accepted].map(({ path }) => path).join(" ");
  at.out(
    `\nTo undo it, as long as nothing else changed:\n  rm -rf generated/draft-${name} ${begun}\n`,
  );
  at.out("  git restore package.json\n  npm run generate; npm run spec:fmt\n");
  const places = await placesThatName(at.root, newest.name);
  if (places.length > 0) {
    at.out(`\nThese name draft ${newest.name}; change those that mean the newest:\n`);
    for (const { path, line, text } of places) at.out(`  ${path}:${line} ${text.slice(0, 100)}\n`);
  }
  return 0;
}

const VERSION_RULE: RuleId = "protocol-version";

/** Whether the envelope takes a version as `arcp`: then messages of the new draft can say it. */
function takesVersion({ envelope }: Model, version: string): boolean {
  const pattern = envelope.schema.properties?.["arcp"]?.pattern;
  return pattern !== undefined && new RegExp(pattern, "u").test(version);
}

/** So many findings are shown of a text that cannot be begun. */
const SHOWN = 5;

/** What only a person can do, and the command that looks at it, in this order. */
function steps(
  name: string,
  before: string,
  version: string,
  model: Model,
  undecided: number,
): string {
  const own = model.requirements.filter(({ sentence }) => sentence.includes(`"${version}"`));
  const ids = own.map(({ id }) => id).join(", ");
  const still = ids === "" ? "" : ` It still says "${version}" of itself: ${ids}.`;
  const first = [
    `npm run spec:lint`,
    `where it says another version than that of its title; mend these first, since nothing is generated until then`,
  ];
  const list = [
    ...(undecided === 0 ? [] : [first]),
    ["npm run generate", `writes generated/draft-${name}, and turns generated/current to it`],
    [
      `npm run spec:audit -- UPSTREAM.md --revision ${name} --was THE-LAST-UPSTREAM.md`,
      `what the upstream draft has beyond the last one, whose accepted differences count; again at the end`,
    ],
    [
      `edit spec/draft-arcp-${name}.md, its head first`,
      `beside npm run generate -- --watch, which says after each save what is wrong.${still}`,
    ],
    ["npm run spec:fmt", "writes the tables of fields, and those of words in docs/revisions.md"],
    [
      "npm run spec:lint -- --accept",
      "once what cites the requirements that changed was read again",
    ],
    ["npm run typecheck", "where the code has to know a message, a code or a flag that is new"],
    ["npm run spec:trace", "which requirements nothing asks for yet"],
    [`npm run spec:diff -- ${before} ${name}`, `what becomes of peers that speak draft ${before}`],
    ["npm test; npm run conformance", "whether runtime, client and suite agree"],
    [
      "docs/revisions.md, spec/README.md",
      `want a row for ${name}, and a column of what the tables do not show`,
    ],
  ];
  const lines = list.map(
    ([command, about], i) => `  ${String(i + 1).padStart(2)}. ${command}\n      ${about}\n`,
  );
  return `Next, in this order:\n${lines.join("")}`;
}

/** `package.json` with its exports for these drafts; nothing where it has none to change. */
async function manifestFor(root: string, drafts: readonly string[]): Promise<Planned[]> {
  const path = "package.json";
  const manifest = JSON.parse(await readFile(join(root, path), "utf8")) as Record<string, unknown>;
  const { exports } = manifest;
  if (typeof exports !== "object" || exports === null) return [];
  const changed = { ...manifest, exports: withDrafts(exports as Record<string, unknown>, drafts) };
  return [{ path, text: `${JSON.stringify(changed, null, 2)}\n` }];
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
