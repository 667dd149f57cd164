/**
 * Where a path really leads. Leases are judged on real paths, so that no symbolic link leads out of
 * what was leased, not even for files that do not exist yet. §9.3, §14
 */
import { lstat, realpath } from "node:fs/promises";
import { join } from "node:path";
import { ErrorCode } from "../../generated/current/constants.js";
import { lexicalPath } from "../leases/paths.js";
import { ArcpError } from "../wire/errors.js";

/** How often a path that comes and goes is looked at before it is refused. */
const LOOKS = 8;

/** Bytes of the longest path that Linux looks at. */
const MAX_BYTES = 4095;

/** What is asked of the disc: `node:fs/promises`, or a test that counts. */
export interface Disc {
  readonly realpath: (path: string) => Promise<string>;
  readonly lstat: (path: string) => Promise<{ isSymbolicLink(): boolean }>;
}

const disc: Disc = { realpath, lstat };

/** What is known of the disc by lexical path. What is above a known path is known, too. */
interface Known {
  /** What exists, with its real path where that was asked for. */
  readonly existing: Map<string, string | undefined>;
  readonly missing: Set<string>;
}

/**
 * The real path of the deepest existing part of `path`, and the rest as it stands. POSIX paths only.
 * What it tells is true at that moment: whoever opens the file must look again (`arcp/tools` does).
 * The disc is asked at most some ten times, however deep the path is.
 *
 * @throws ArcpError `PERMISSION_DENIED` if the path has no canonical form, ends in a dangling or
 *   circular link, or cannot be looked at. The text says no more than the path that was asked for.
 */
export async function realTarget(path: string, on: Disc = disc): Promise<string> {
  return locate(path, on, nothing());
}

/**
 * `realTarget` of each path, where it has one; a path that is refused is left out. What was learnt of
 * one path is not asked again for the next: two paths in one directory share it.
 */
export async function realTargets(
  paths: Iterable<string>,
  on: Disc = disc,
): Promise<ReadonlyMap<string, string>> {
  const known = nothing();
  const real = new Map<string, string>();
  for (const path of paths) {
    try {
      real.set(path, await locate(path, on, known));
    } catch (error) {
      if (!(error instanceof ArcpError)) throw error;
    }
  }
  return real;
}

function nothing(): Known {
  return { existing: new Map([["/", "/"]]), missing: new Set() };
}

async function locate(path: string, on: Disc, shared: Known): Promise<string> {
  const lexical = lexicalPath(path);
  if (!lexical.ok) throw refused(lexical.reason);
  const { text } = lexical;
  if (Buffer.byteLength(text) > MAX_BYTES) throw refused("it cannot be resolved");
  const levels = levelsOf(text);
  for (let look = 0; look < LOOKS; look++) {
    // What others have told may have changed since: then only the disc is believed.
    const known = look === 0 ? shared : nothing();
    const deepest = await deepestOf(levels, on, known);
    const real = known.existing.get(levels[deepest]!) ?? (await find(levels[deepest]!, on));
    if (real === undefined) continue;
    known.existing.set(levels[deepest]!, real);
    const next = levels[deepest + 1];
    if (next === undefined) return real;
    const link = await isLink(next, on);
    if (link === undefined) return join(real, text.slice(levels[deepest]!.length));
    // Writing through a dangling link would create the file that it names.
    if (link) throw refused("a symbolic link leads nowhere");
    // It came to be between the two looks: look again.
  }
  throw refused("it changes while it is being resolved");
}

/** The root, its child on the way to `path`, and so on to `path` itself. */
function levelsOf(path: string): readonly string[] {
  const levels = ["/"];
  if (path === "/") return levels;
  for (let at = path.indexOf("/", 1); at > 0; at = path.indexOf("/", at + 1)) {
    levels.push(path.slice(0, at));
  }
  return [...levels, path];
}

/**
 * The deepest of the levels that exists. Below a missing one all are missing, so few are asked for: the
 * whole (most files are there), the one above it (a new file), the one below the deepest known one (a
 * new directory; first where others have told of the directories above), and then always the middle.
 */
async function deepestOf(levels: readonly string[], on: Disc, known: Known): Promise<number> {
  let exists = 0;
  let missing = levels.length;
  while (exists + 1 < missing) {
    if (known.missing.has(levels[exists + 1]!)) missing = exists + 1;
    else if (known.existing.has(levels[exists + 1]!)) exists++;
    else break;
  }
  const usual = exists > 0 ? ["first", "last", "last"] : ["last", "last", "first"];
  for (let turn = 0; missing - exists > 1; turn++) {
    const middle = (exists + missing) >>> 1;
    const where = usual[turn];
    const level = where === "last" ? missing - 1 : where === "first" ? exists + 1 : middle;
    const real = await find(levels[level]!, on);
    if (real === undefined) missing = level;
    else known.existing.set(levels[(exists = level)]!, real);
  }
  for (const path of levels.slice(1, exists)) {
    if (!known.existing.has(path)) known.existing.set(path, undefined);
  }
  if (missing < levels.length) known.missing.add(levels[missing]!);
  return exists;
}

/** The real path, or nothing if there is no such file or a link leads nowhere. */
async function find(path: string, on: Disc): Promise<string | undefined> {
  try {
    return await on.realpath(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw refused("it cannot be resolved", error);
  }
}

async function isLink(path: string, on: Disc): Promise<boolean | undefined> {
  try {
    return (await on.lstat(path)).isSymbolicLink();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw refused("it cannot be resolved", error);
  }
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code === "ENOENT" || code === "ENOTDIR";
}

function refused(reason: string, cause?: unknown): ArcpError {
  return new ArcpError(ErrorCode.PermissionDenied, `the path is refused: ${reason}`, {
    details: { reason },
    ...(cause === undefined ? {} : { cause }),
  });
}
