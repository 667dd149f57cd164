/**
 * Files for agents, within the job's lease. Each call is one operation: lease check, `tool_call`, the
 * work, `tool_result`. What the lease was checked for is what is touched: see `verified.ts`. §9.3
 *
 * POSIX paths, absolute. Links are followed when a path is resolved and judged by where they lead;
 * a walk reports them and goes past. Hard links cannot be told from the file itself.
 */
import { constants, type Stats } from "node:fs";
import { lstat, opendir, type FileHandle } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { ErrorCode } from "../../generated/current/constants.js";
import { optionally } from "../runtime/optional.js";
import { ArcpError } from "../wire/errors.js";
import { aFunction, aNumber, checkOptions, kindOf } from "../wire/options.js";
import type { Check, Checks } from "../wire/options.js";
import { failed, type ToolContext } from "./context.js";
import { inDirectory, join, withFile } from "./verified.js";

/** Limits of one toolbox. */
export interface FilesOptions {
  /** Bytes of the largest file that is read or written, 8 MiB by default. */
  readonly maxBytes?: number;
  /** Entries of the largest directory that is listed, 100,000 by default. */
  readonly maxEntries?: number;
}

/** What stands under a name in a directory; a link is not followed. */
export type FileKind = "file" | "directory" | "link" | "other";

/** One name in a directory. */
export interface Entry {
  readonly name: string;
  /** The path that was listed, and the name below it. */
  readonly path: string;
  readonly kind: FileKind;
}

/** What is known of a file without reading it. */
export interface FileStat {
  readonly kind: FileKind;
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly modifiedMs: number;
}

/** What a walk leaves out, and what it does with what cannot be read. */
export interface WalkOptions {
  /** Leaves an entry, and all below it, out. */
  readonly ignore?: (entry: Entry) => boolean;
  /** Told of a directory below the first that cannot be listed; without it the walk ends in the error. */
  readonly unreadable?: (entry: Entry, error: ArcpError) => void;
}

/**
 * The toolbox. Every method rejects with an `ArcpError`: `PERMISSION_DENIED` (and the other refusals of
 * a lease), or `INTERNAL_ERROR` with `details.agent_code`: the system's (`ENOENT` …), `NOT_A_FILE`,
 * `NOT_UTF8`, `TOO_LARGE`, `TOO_MANY_ENTRIES`, or `INVALID_ARGUMENT` before anything is tried; or with the signal's
 * reason.
 */
export interface Files {
  /** The whole file as text. Bytes that are no UTF-8 are an error, not replaced. `fs.read` */
  read(path: string, options?: { readonly encoding?: "utf8" }): Promise<string>;
  /** The whole file as bytes. `fs.read` */
  read(path: string, options: { readonly encoding: "bytes" }): Promise<Uint8Array>;
  /** Replaces the file's content, or creates the file in an existing directory. `fs.write` */
  write(path: string, data: string | Uint8Array): Promise<void>;
  /** The names in a directory, sorted by code unit. One `fs.read` of the directory. */
  list(path: string): Promise<readonly Entry[]>;
  /** All below a directory, parents first, siblings sorted. One `fs.read` for each directory listed. */
  walk(path: string, options?: WalkOptions): AsyncIterable<Entry>;
  /** What stands at the path, or nothing. `fs.read` */
  stat(path: string): Promise<FileStat | undefined>;
}

const PIECE = 256 * 1024;

/** A file toolbox whose every call goes through `ctx.tool`, and so through the job's lease. §9.3 */
export function files(ctx: ToolContext, options: FilesOptions = {}): Files {
  checkOptions("files", options, OPTIONS);
  const { maxBytes = 8 * 1024 * 1024, maxEntries = 100_000 } = options;
  const { signal } = ctx;

  async function read(path: string, want?: { readonly encoding?: "utf8" }): Promise<string>;
  async function read(path: string, want: { readonly encoding: "bytes" }): Promise<Uint8Array>;
  async function read(
    path: string,
    want: { readonly encoding?: "utf8" | "bytes" } = {},
  ): Promise<string | Uint8Array> {
    checkPath("read", path);
    checkOptions("files.read", want, { encoding: anEncoding });
    const { encoding = "utf8" } = want;
    const run = async ({ target }: { readonly target: string }): Promise<string | Uint8Array> => {
      const bytes = await withFile(target, constants.O_RDONLY, (handle) => content(handle));
      return encoding === "bytes" ? bytes : text(bytes);
    };
    return attempt(path, "fs.read", { path }, run, (value) => ({
      bytes: typeof value === "string" ? Buffer.byteLength(value) : value.byteLength,
    }));
  }

  async function write(path: string, data: string | Uint8Array): Promise<void> {
    checkPath("write", path);
    if (typeof data !== "string" && !(data instanceof Uint8Array)) {
      throw failed(
        "INVALID_ARGUMENT",
        `write takes a string or bytes (Uint8Array); got ${kindOf(data)}`,
      );
    }
    const bytes = typeof data === "string" ? Buffer.from(data, "utf8") : data;
    const run = async ({ target }: { readonly target: string }): Promise<void> => {
      if (bytes.byteLength > maxBytes) throw tooLarge();
      await withFile(target, constants.O_WRONLY | constants.O_CREAT, async (handle) => {
        await onlyFile(handle);
        signal.throwIfAborted();
        await handle.truncate(0);
        await handle.writeFile(bytes);
      });
    };
    const size = { bytes: bytes.byteLength };
    await attempt(path, "fs.write", { path, ...size }, run, () => size);
  }

  async function list(path: string): Promise<readonly Entry[]> {
    checkPath("list", path);
    const run = ({ target }: { readonly target: string }): Promise<readonly Entry[]> =>
      inDirectory(target, async (stable) => {
        const entries: Entry[] = [];
        for await (const found of await opendir(stable)) {
          signal.throwIfAborted();
          if (entries.length === maxEntries) {
            throw failed("TOO_MANY_ENTRIES", `more than ${maxEntries} entries`, {
              limit: maxEntries,
            });
          }
          entries.push({ name: found.name, path: join(path, found.name), kind: fileKindOf(found) });
        }
        return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
      });
    return attempt(path, "fs.read", { path, action: "list" }, run, (entries) => ({
      entries: entries.length,
    }));
  }

  async function* walk(path: string, given: WalkOptions = {}): AsyncGenerator<Entry> {
    checkPath("walk", path);
    checkOptions("files.walk", given, WALK);
    const { ignore, unreadable } = given;
    const pending = (await list(path)).toReversed();
    for (let entry = pending.pop(); entry !== undefined; entry = pending.pop()) {
      if (ignore?.(entry) === true) continue;
      yield entry;
      if (entry.kind !== "directory") continue;
      try {
        for (const below of (await list(entry.path)).toReversed()) pending.push(below);
      } catch (error) {
        if (unreadable === undefined || signal.aborted || !isOfOneFile(error)) throw error;
        unreadable(entry, error);
      }
    }
  }

  async function stat(path: string): Promise<FileStat | undefined> {
    checkPath("stat", path);
    return attempt(
      path,
      "fs.read",
      { path, action: "stat" },
      ({ target }) => look(target),
      (found) => found ?? { kind: "none" },
    );
  }

  /** One operation, its failures told by the path that was asked for, never by a handle's. */
  function attempt<T>(
    path: string,
    tool: "fs.read" | "fs.write",
    args: Readonly<Record<string, unknown>>,
    run: (operation: { readonly target: string }) => Promise<T>,
    summarise: (value: T) => unknown,
  ): Promise<T> {
    const named = async (operation: { readonly target: string }): Promise<T> => {
      try {
        signal.throwIfAborted();
        return await run(operation);
      } catch (error) {
        const code = codeOf(error);
        if (code === undefined) throw error;
        const [what] = (error as Error).message.split(", ");
        throw failed(code, `${tool} of ${JSON.stringify(path)}: ${what}`, {}, error);
      }
    };
    return ctx.tool(tool, args, named, { summarise });
  }

  async function content(handle: FileHandle): Promise<Uint8Array> {
    const { size } = await onlyFile(handle);
    if (size > maxBytes) throw tooLarge();
    // The size is only a hint: files of /proc have none, others grow.
    const pieces: Uint8Array[] = [];
    for (let total = 0; ;) {
      signal.throwIfAborted();
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(PIECE), 0, PIECE, null);
      if (bytesRead === 0) return Buffer.concat(pieces, total);
      total += bytesRead;
      if (total > maxBytes) throw tooLarge();
      pieces.push(buffer.subarray(0, bytesRead));
    }
  }

  function tooLarge(): ArcpError {
    return failed("TOO_LARGE", `larger than ${maxBytes} bytes`, { limit: maxBytes });
  }

  return {
    read: optionally(read),
    write: optionally(write),
    list: optionally(list),
    stat: optionally(stat),
    walk,
  };
}

const OPTIONS: Checks<FilesOptions> = { maxBytes: aNumber, maxEntries: aNumber };
const WALK: Checks<WalkOptions> = { ignore: aFunction, unreadable: aFunction };
const anEncoding: Check = ['"utf8" or "bytes"', (value) => value === "utf8" || value === "bytes"];

function checkPath(method: keyof Files, path: unknown): void {
  if (typeof path === "string") return;
  throw failed(
    "INVALID_ARGUMENT",
    `${method} takes an absolute path, a string; got ${kindOf(path)}`,
  );
}

async function onlyFile(handle: FileHandle): Promise<Stats> {
  const found = await handle.stat();
  if (!found.isFile()) throw failed("NOT_A_FILE", "not a regular file");
  return found;
}

async function look(target: string): Promise<FileStat | undefined> {
  try {
    const found = await inDirectory(dirname(target), (at) => lstat(join(at, basename(target))));
    return { kind: fileKindOf(found), bytes: found.size, modifiedMs: found.mtimeMs };
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return undefined;
    throw error;
  }
}

function text(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw failed("NOT_UTF8", 'not UTF-8: read it with { encoding: "bytes" }', {}, error);
  }
}

function fileKindOf(found: Pick<Stats, "isFile" | "isDirectory" | "isSymbolicLink">): FileKind {
  if (found.isFile()) return "file";
  if (found.isDirectory()) return "directory";
  return found.isSymbolicLink() ? "link" : "other";
}

/** The system's code of an error, as `ENOENT`. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof ArcpError) return undefined;
  const { code, syscall } = error as NodeJS.ErrnoException;
  return syscall === undefined ? undefined : code;
}

/** Whether the next file may still be had: not so once the job has ended or its lease has expired. */
function isOfOneFile(error: unknown): error is ArcpError {
  return (
    ArcpError.is(error, ErrorCode.PermissionDenied) || ArcpError.is(error, ErrorCode.InternalError)
  );
}
