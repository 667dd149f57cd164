/** `lint` on the command line: what the rules find, and with `--accept` the requirements that are taken as read. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { formatDiagnostics } from "./model/diagnostics.js";
import type { DiagnosticFormat } from "./model/diagnostics.js";
import { formatLock, lockOf, parseLock } from "./model/lock.js";
import type { Lock } from "./model/lock.js";
import type { SpecReading } from "./model/read.js";
import type { Diagnostic } from "./model/types.js";
import { readModel, readRevisions } from "./revisions.js";
import type { Revision } from "./revisions.js";
import { count, countByFile } from "./surroundings.js";
import type { Surroundings } from "./surroundings.js";

/** Prints the findings of all drafts. 0: none; 1: some. */
export async function lint(
  at: Surroundings,
  format: DiagnosticFormat,
  accept: boolean,
): Promise<number> {
  const found: Diagnostic[] = [];
  for (const revision of await readRevisions(at.root)) {
    const reading = await readModel(at.root, revision);
    found.push(...(accept ? await acceptAll(at, revision, reading) : reading.diagnostics));
  }
  at.out(formatDiagnostics(found, format));
  if (found.length > 0 && format === "text") at.err(`${count(found)}\n`);
  return found.length === 0 ? 0 : 1;
}

/**
 * Takes the requirements of a draft as read, unless anything else is found in it: of a text with findings nobody knows
 * whether its requirements are all there, and one that is missed would be new again, its old words forgotten. Says what
 * it took, or why nothing, and gives what else is found.
 */
async function acceptAll(
  at: Surroundings,
  revision: Revision,
  { model, diagnostics: unread }: SpecReading,
): Promise<readonly Diagnostic[]> {
  const { path, text: before } = revision.lock;
  const refuse = (left: readonly Diagnostic[]): readonly Diagnostic[] => {
    const why = `something else is found: ${countByFile(left)}`;
    at.err(`${path}: nothing was taken as read, since ${why}\n`);
    return left;
  };
  if (model === undefined) return refuse(unread);
  const text = formatLock(model.requirements);
  const { diagnostics } = await readModel(at.root, { ...revision, lock: { path, text } });
  if (text === before) return diagnostics;
  if (diagnostics.length > 0) return refuse(diagnostics);
  await writeFile(join(at.root, path), text);
  at.err(`${path}: ${taken(parseLock(before), lockOf(model.requirements))}\n`);
  return [];
}

/** So many ids are named. */
const NAMED = 10;

/** "taken as read: 1 new (SUB-02), 2 reworded (SUB-01, SUB-03)"; without a lock before nobody knows which is which. */
function taken(before: Lock | undefined, now: Lock): string {
  const ids = Object.keys(now);
  if (before === undefined)
    return `taken as read: all ${ids.length}, whether they were read before or not, since it was no lock of requirements`;
  const said = [
    some(
      "new",
      ids.filter((id) => !Object.hasOwn(before, id)),
    ),
    some(
      "reworded",
      ids.filter((id) => Object.hasOwn(before, id) && before[id] !== now[id]),
    ),
    some(
      "gone",
      Object.keys(before).filter((id) => !Object.hasOwn(now, id)),
    ),
  ].filter((part) => part !== "");
  return said.length === 0
    ? "written in the order of the draft"
    : `taken as read: ${said.join(", ")}`;
}

function some(what: string, ids: readonly string[]): string {
  if (ids.length === 0) return "";
  const more = ids.length > NAMED ? `, and ${ids.length - NAMED} more` : "";
  return `${ids.length} ${what} (${ids.slice(0, NAMED).join(", ")}${more})`;
}
