/** The draft that was accepted, beside the one that is audited: any other file would answer with words that nobody accepted. */
import type { Passage } from "./passages.js";
import type { AuditInput } from "./result.js";

/** So much of what was accepted the file has to have: somebody may have mended a word in it since. */
const NEARLY_ALL = 0.95;

/** Why a file is not the draft whose passages were accepted; undefined if it is. */
export function whyNotAccepted(
  { file, held }: NonNullable<AuditInput["was"]>,
  passages: readonly Passage[],
  now: readonly Passage[],
  { revision, heldFile }: { readonly revision: string; readonly heldFile: string },
): string | undefined {
  const accepted = held.flatMap((entry) => Object.keys(entry.passages));
  if (accepted.length === 0)
    return `--was ${file} means nothing: of revision ${revision} no passages were accepted yet; leave --was out, and accept them once they are read: --accept "why"`;
  const has = new Set(passages.map(({ hash }) => hash));
  const reads = new Set(now.map(({ hash }) => hash));
  const common = accepted.filter((hash) => has.has(hash)).length;
  const left = accepted.filter((hash) => !reads.has(hash));
  // Whoever names the new draft twice has nearly all of it, and none of the words that are asked for.
  const answers = left.length === 0 || left.some((hash) => has.has(hash));
  const nearly = common >= accepted.length * NEARLY_ALL;
  if (nearly && answers) return undefined;
  const none = !nearly ? "" : ", and none of those that the draft has not";
  return `--was ${file} is not the draft that was accepted: it has ${common} of the ${accepted.length} passages in ${heldFile}${none}; name the upstream draft that was accepted last for revision ${revision}, or leave --was out`;
}
