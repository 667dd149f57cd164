/**
 * Handles of files that are proven to be where the lease was checked. Between that check and the use
 * somebody may put a symbolic link in the way; so a handle is opened first and questioned afterwards,
 * and only then read from, written to, or truncated.
 *
 * On Linux a file is opened through the handle of its proven directory, so that nothing is even created
 * elsewhere. On other systems a file may be created empty before the proof fails; nothing is written.
 */
import { constants, existsSync } from "node:fs";
import { lstat, open, readlink, realpath, type FileHandle } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { ErrorCode } from "../../generated/current/constants.js";
import { ArcpError } from "../wire/errors.js";

const HANDLES = "/proc/self/fd";

/** Never follow a link at the end of the path, never wait for a pipe's other side. */
const CAREFULLY = constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Whether this system shows the paths of open files. */
export const showsHandles: boolean = process.platform === "linux" && existsSync(HANDLES);

/**
 * Opens the directory `target`, a real path, and hands it to `use` under a name that stays true
 * whatever happens to the path; where there is no such name, the path is proven once more afterwards.
 *
 * @throws ArcpError `PERMISSION_DENIED` if the path meanwhile leads elsewhere; the system's errors
 */
export async function inDirectory<T>(
  target: string,
  use: (stable: string) => Promise<T>,
  byHandle: boolean = showsHandles,
): Promise<T> {
  const handle = await open(target, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await prove(handle, target, byHandle);
    if (byHandle) return await use(`${HANDLES}/${handle.fd}`);
    const value = await use(target);
    await prove(handle, target, byHandle);
    return value;
  } finally {
    await handle.close();
  }
}

/**
 * Opens the file `target`, a real path, for `use`, and closes it afterwards. `flags` are those of
 * `open(2)`; `O_TRUNC` must not be among them. Pipes and devices are opened without waiting: `use`
 * asks `handle.stat()` what it got.
 *
 * @throws ArcpError `PERMISSION_DENIED` if the path meanwhile leads elsewhere; the system's errors
 */
export async function withFile<T>(
  target: string,
  flags: number,
  use: (handle: FileHandle) => Promise<T>,
  byHandle: boolean = showsHandles,
): Promise<T> {
  const handle = byHandle
    ? await inDirectory(dirname(target), (stable) => opened(join(stable, basename(target)), flags))
    : await opened(target, flags);
  try {
    await prove(handle, target, byHandle);
    return await use(handle);
  } finally {
    await handle.close();
  }
}

/** A path below `directory`, which may be the root. */
export function join(directory: string, name: string): string {
  return directory.endsWith("/") ? `${directory}${name}` : `${directory}/${name}`;
}

async function opened(path: string, flags: number): Promise<FileHandle> {
  try {
    return await open(path, flags | CAREFULLY);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A link at the end of a real path was put there after the check; BSD says it in its own way.
    if (code === "ELOOP" || code === "EMLINK") throw moved("a symbolic link stands in its place");
    throw error;
  }
}

async function prove(handle: FileHandle, target: string, byHandle: boolean): Promise<void> {
  if (byHandle) {
    if ((await readlink(`${HANDLES}/${handle.fd}`)) !== target)
      throw moved("it leads elsewhere now");
    return;
  }
  const [open, real] = await Promise.all([handle.stat({ bigint: true }), realpath(target)]);
  const there = await lstat(target, { bigint: true });
  if (real !== target || open.ino !== there.ino || open.dev !== there.dev) {
    throw moved("it leads elsewhere now");
  }
}

function moved(reason: string): ArcpError {
  return new ArcpError(
    ErrorCode.PermissionDenied,
    `the file changed after the lease was checked: ${reason}`,
    { details: { reason } },
  );
}
