/**
 * Large pieces of logs, in plain files beside the database: SQLite writes each byte twice, to its log and then to its
 * place, in pages; a file takes it once, and whole. A job has a file of its own, so that forgetting the job gives the
 * space back at once.
 *
 * The database says which bytes of a file count: what a crash left behind the last of them, or in the file of a job
 * that is not there, was never committed. So there is nothing to recover.
 */
import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** The files of one store, by the keys of their jobs. Throws what the system throws. */
export interface Spool {
  /** Adds to a job's file, and says where. It is not on the disc yet. */
  append(job: number, data: Uint8Array): number;
  /** Has everything on the disc that was added. */
  flush(): void;
  /** So many bytes of a job's file; none where it is not there, or ends before. */
  read(job: number, at: number, size: number): Uint8Array;
  /** Whether there is a file of any job. */
  isEmpty(): boolean;
  /** Whether a job has a file. Only for who writes. */
  has(job: number): boolean;
  remove(job: number): void;
  /** Finds the files that are there, and removes those of all jobs but these. */
  keep(jobs: ReadonlySet<number>): void;
  close(): void;
}

interface Open {
  readonly fd: number;
  end: number;
}

const NOTHING = new Uint8Array();

/** Files that stay open to be added to. Each commit opens those of its jobs again, beyond that. */
const OPEN = 16;

/** The spool in the folder, which is made when it is needed. Whoever only reads calls only `read` and `close`. */
export function createSpool(folder: string): Spool {
  const files = new Map<number, Open>();
  const there = new Set<number>();
  const unflushed = new Set<Open>();
  /** A new file is there after a loss of power only if its folder says so. */
  const unsaid = new Set<string>();
  const pathOf = (job: number) => join(folder, String(job));

  function opened(job: number): Open {
    const known = files.get(job);
    if (known !== undefined) return known;
    if (mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined)
      unsaid.add(dirname(folder));
    const fd = openSync(pathOf(job), "a", 0o600);
    const file = { fd, end: fstatSync(fd).size };
    if (file.end === 0) unsaid.add(folder);
    files.set(job, file);
    there.add(job);
    return file;
  }

  function shut(job: number): void {
    const file = files.get(job);
    if (file === undefined) return;
    files.delete(job);
    unflushed.delete(file);
    closeSync(file.fd);
  }

  return {
    append(job, data) {
      const file = opened(job);
      const at = file.end;
      try {
        for (let done = 0; done < data.length;) done += writeSync(file.fd, data, done);
      } catch (error) {
        // What was written of it stands behind the end that is known here. Who opens the file anew asks where it ends.
        shut(job);
        throw error;
      }
      file.end += data.length;
      unflushed.add(file);
      return at;
    },
    flush() {
      for (const { fd } of unflushed) fdatasyncSync(fd);
      unflushed.clear();
      for (const path of unsaid) flushFolder(path);
      unsaid.clear();
      for (const job of files.keys()) {
        if (files.size <= OPEN) break;
        shut(job);
      }
    },
    read(job, at, size) {
      let fd: number;
      try {
        fd = openSync(pathOf(job), "r");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return NOTHING;
        throw error;
      }
      try {
        // A damaged row may ask for any place, and for more than there is memory.
        const isPlace = [at, size].every((n) => Number.isSafeInteger(n) && n >= 0);
        if (!isPlace || at + size > fstatSync(fd).size) return NOTHING;
        const data = Buffer.allocUnsafe(size);
        let done = 0;
        for (let read = 1; read > 0 && done < size; done += read) {
          read = readSync(fd, data, done, size - done, at + done);
        }
        return data.subarray(0, done);
      } finally {
        closeSync(fd);
      }
    },
    isEmpty: () => !names(folder).some(isOfJob),
    has: (job) => there.has(job),
    remove(job) {
      shut(job);
      there.delete(job);
      rmSync(pathOf(job), { force: true });
    },
    keep(jobs) {
      for (const name of names(folder)) {
        if (!isOfJob(name)) continue;
        if (jobs.has(Number(name))) there.add(Number(name));
        else rmSync(join(folder, name), { force: true });
      }
    },
    close() {
      for (const job of [...files.keys()]) shut(job);
    },
  };
}

function isOfJob(name: string): boolean {
  return /^\d+$/.test(name);
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Windows has no such thing, and needs none. */
function flushFolder(path: string): void {
  if (process.platform === "win32") return;
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
