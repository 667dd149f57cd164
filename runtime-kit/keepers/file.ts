import { randomBytes } from "node:crypto";
import { open, readFile, readdir, realpath, rename, unlink } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { ConnectionError } from "../wire/errors.js";
import { own } from "./owner.js";
import type { SessionKeeper } from "./port.js";

/**
 * Keeps a session in a file, so that another process can go on with it: readable by its owner alone (0600), replaced
 * as a whole, on the disc before it counts. One process at a time; while one has it there is a `FILE.owner-…`
 * beside it, which a dead process leaves behind and the next one removes.
 */
export function keptInFile(path: string): SessionKeeper {
  if (typeof path !== "string" || path === "") {
    throw new TypeError("keptInFile: path must be a string that is not empty");
  }
  const place = resolve(path);
  return {
    place,
    async take() {
      try {
        // Where it is a link, the file at its end is meant.
        const file = await realpath(place).catch(() => place);
        const release = await own(file);
        await sweep(file);
        return { read: () => textOf(file), save: (text) => replace(file, text), release };
      } catch (cause) {
        if (ConnectionError.is(cause)) throw cause;
        throw unusable(place, "used", cause);
      }
    },
  };
}

/** Removes what a process left that died while it wrote. */
async function sweep(file: string): Promise<void> {
  const prefix = `${basename(file)}.new-`;
  for (const name of await readdir(dirname(file))) {
    if (name.startsWith(prefix)) await unlink(join(dirname(file), name)).catch(() => undefined);
  }
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw unusable(file, "read", cause);
  }
}

/** The old text or the new, whatever happens: never half of one, and never neither. */
async function replace(file: string, text: string): Promise<void> {
  const fresh = `${file}.new-${process.pid}-${randomBytes(6).toString("hex")}`;
  try {
    const handle = await open(fresh, "wx", 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(fresh, file);
    await syncFolder(dirname(file));
  } catch (cause) {
    await unlink(fresh).catch(() => undefined);
    throw unusable(file, "written", cause);
  }
}

/** A renamed file is found after a loss of power only if its folder was written too. Windows has no such thing. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function unusable(file: string, what: string, cause: unknown): ConnectionError {
  const { message } = cause as Error;
  return new ConnectionError("NOT_KEPT", `${file} cannot be ${what}: ${message}`, { cause });
}
