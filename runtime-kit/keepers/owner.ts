/**
 * One process at a time. A contender makes a file of its own beside the place and then looks for others: of two that
 * come at once each sees the other's, or one of them does, so that never both go on. What a dead process left
 * is removed, and since no name is ever used twice, nobody can remove the file of one that is alive.
 */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { open, readdir, unlink } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { ConnectionError } from "../wire/errors.js";

interface Owner {
  readonly path: string;
  readonly pid: number;
  /** When the process began, in the system's own count; `0` where that cannot be told. */
  readonly started: string;
  readonly host: string;
}

/** Two that came at once have both withdrawn; how often they try again. */
const TRIES = 5;

/** Owns `path`; resolves with what lets it go. Rejects with `NOT_KEPT`, naming who has it. */
export async function own(path: string): Promise<() => Promise<void>> {
  for (let left = TRIES; ; left -= 1) {
    const mine = `${path}.owner-${process.pid}-${startOf(process.pid)}-${thisHost()}-${randomBytes(6).toString("hex")}`;
    await (await open(mine, "wx", 0o600)).close();
    const release = (): Promise<void> => unlink(mine).catch(() => undefined);
    const other = await otherThan(mine, path).catch(async (error: unknown) => {
      await release();
      throw error;
    });
    if (other === undefined) return release;
    await release();
    if (left <= 1) throw taken(path, other);
    await pause(Math.random() * 20);
  }
}

/** Who else is there and alive, if anybody. */
async function otherThan(mine: string, path: string): Promise<Owner | undefined> {
  const prefix = `${basename(path)}.owner-`;
  for (const name of await readdir(dirname(path))) {
    if (!name.startsWith(prefix) || name === basename(mine)) continue;
    const owner = parse(join(dirname(path), name), name.slice(prefix.length));
    if (owner === undefined) continue;
    if (isAlive(owner)) return owner;
    await unlink(owner.path).catch(() => undefined);
  }
  return undefined;
}

function parse(path: string, text: string): Owner | undefined {
  const found = /^(\d+)-(\d+)-(.*)-[0-9a-f]{12}$/.exec(text);
  if (found === null) return undefined;
  return { path, pid: Number(found[1]), started: found[2]!, host: found[3]! };
}

/** One on another machine cannot be asked, and counts as alive. */
function isAlive({ pid, started, host }: Owner): boolean {
  if (host !== thisHost()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const now = startOf(pid);
  // Numbers of processes are used again.
  return now === "0" || started === "0" || now === started;
}

function taken(path: string, { pid, host, path: file }: Owner): ConnectionError {
  const who =
    host !== thisHost()
      ? `process ${pid} on the machine ${host} has it; if that is gone, remove ${file}`
      : pid === process.pid
        ? `another client of this process (${pid}) has it: close that one first`
        : `process ${pid} has it: end that one first, or go on there`;
  return new ConnectionError("NOT_KEPT", `${path} is in use: ${who}`);
}

function thisHost(): string {
  return hostname()
    .replace(/[^\w.]/g, "_")
    .slice(0, 64);
}

/** When a process began: field 22 of what Linux tells of it. The name in field 2 may hold anything. */
function startOf(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? "0";
  } catch {
    return "0";
  }
}
