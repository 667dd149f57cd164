/**
 * Where a path really leads. Leases are judged on real paths, so that no symbolic link leads out of
 * what was leased, not even for files that do not exist yet. §9.3, §14
 */
import { lstat, realpath } from "node:fs/promises";
import { join } from "node:path";
import { ErrorCode } from "../../generated/draft-1.1/constants.js";
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

/** What is known of the disc by lexical path: the real path, or that there is none. */
type Known = Map<string, string | undefined>;

/**
 * The real path of the deepest existing part of `path`, and the rest as it stands. POSIX paths only.
 * What it tells is true at that moment: whoever opens the file must look again (`arcp/tools` does).
 * The disc is asked at most some ten times, however deep the path is.
 *
 * @throws ArcpError `PERMISSION_DENIED` if the path has no canonical form, ends in a dangling or
 *   circular link, or cannot be looked at. The text says no more than the path that was asked for.
 */
export async function realTarget(path: string, on: Disc = disc): Promise<string> {
  return locate(path, on, new Map());
}

/**
 * `realTarget` of each path, where it has one; a path that is refused is left out. What was learnt of
 * one path is not asked again for the next: two paths in one directory share it.
 */
export async function realTargets(
  paths: Iterable<string>,
  on: Disc = disc,
): Promise<ReadonlyMap<string, string>> {
  const known: Known = new Map();
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

async function locate(path: string, on: Disc, known: Known): Promise<string> {
  const lexical = lexicalPath(path);
  if (!lexical.ok) throw refused(lexical.reason);
  const { text } = lexical;
  if (Buffer.byteLength(text) > MAX_BYTES) throw refused("it cannot be resolved");
  const levels = levelsOf(text);
  for (let look = 0; look < LOOKS; look++) {
    const deepest = await deepestOf(levels, on, known);
    const real = known.get(levels[deepest]!)!;
    const next = levels[deepest + 1];
    if (next === undefined) return real;
    const link = await isLink(next, on);
    if (link === undefined) return join(real, text.slice(levels[deepest]!.length));
    // Writing through a dangling link would create the file that it names.
    if (link) throw refused("a symbolic link leads nowhere");
    // It came to be between the two looks: forget, and look again.
    known.clear();
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
 * The deepest of the levels that exists; its real path is `known` then. Below a missing one all are
 * missing, so few are asked for: the whole (most files are there), the one above it (a new file), the
 * one below the deepest known one (a new directory), and then the middle of what is left.
 */
async function deepestOf(levels: readonly string[], on: Disc, known: Known): Promise<number> {
  let exists = 0;
  let missing = levels.length;
  for (let level = 1; known.size > 0 && level < missing; level++) {
    const path = levels[level]!;
    if (known.get(path) !== undefined) exists = level;
    else if (known.has(path)) missing = level;
  }
  known.set("/", "/");
  for (let turn = 0; missing - exists > 1; turn++) {
    const usual = turn < 2 ? missing - 1 : exists + 1;
    const level = turn < 3 ? usual : (exists + missing) >>> 1;
    const real = await find(levels[level]!, on);
    known.set(levels[level]!, real);
    if (real === undefined) missing = level;
    else exists = level;
  }
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
