/**
 * Where a path really leads. Leases are judged on real paths, so that no symbolic link leads out of
 * what was leased, not even for files that do not exist yet. §9.3, §14
 */
import { lstat, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { ErrorCode } from "../../generated/draft-1.1/constants.js";
import { lexicalPath } from "../leases/paths.js";
import { ArcpError } from "../wire/errors.js";

/** How often a path that comes and goes is looked at before it is refused. */
const LOOKS = 8;

/**
 * The real path of the deepest existing part of `path`, and the rest as it stands. POSIX paths only.
 * What it tells is true at that moment: whoever opens the file must look again (`arcp/tools` does).
 *
 * @throws ArcpError `PERMISSION_DENIED` if the path has no canonical form, ends in a dangling or
 *   circular link, or cannot be looked at. The text says no more than the path that was asked for.
 */
export async function realTarget(path: string): Promise<string> {
  const lexical = lexicalPath(path);
  if (!lexical.ok) throw refused(lexical.reason);
  let existing = lexical.text;
  let rest = "";
  for (;;) {
    const found = await resolve(existing);
    if (found !== undefined) return rest === "" ? found : join(found, rest);
    rest = join(basename(existing), rest);
    existing = dirname(existing);
  }
}

/** The real path, or nothing if no such file exists; a link to nowhere is neither. */
async function resolve(path: string): Promise<string | undefined> {
  for (let look = 0; look < LOOKS; look++) {
    try {
      return await realpath(path);
    } catch (error) {
      if (!isMissing(error)) throw refused("it cannot be resolved", error);
    }
    const link = await isLink(path);
    if (link === undefined) return undefined;
    // Writing through a dangling link would create the file that it names.
    if (link) throw refused("a symbolic link leads nowhere");
    // It came to be between the two looks: look again.
  }
  throw refused("it changes while it is being resolved");
}

async function isLink(path: string): Promise<boolean | undefined> {
  try {
    return (await lstat(path)).isSymbolicLink();
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
