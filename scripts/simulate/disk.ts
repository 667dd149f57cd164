/** A disc of this world's own, and a store on it: what is not synced may be lost, or torn, when the power goes. */
import { memoryStore } from "../../runtime-kit/stores/memory.js";
import type { Store, Write } from "../../runtime-kit/stores/port.js";
import type { Random } from "../torture/random.js";
import type { Scheduler } from "./scheduler.js";

/** What goes wrong with one call. */
export type StoreFault =
  /** Nothing happened, and that is said. */
  | "error"
  /** It is on the disc, and it is said that it is not. */
  | "executed but reported failed"
  /** The next reading fails. */
  | "read error";

/** A log of batches, one line each, that begins with its length. */
export interface Disk {
  /** Faults that are to come, the next one first. */
  readonly faults: StoreFault[];
  /** Faults that have happened since the last crash. */
  readonly blamed: number;
  /** The power goes: of what was not synced a random part is there, the last line of it perhaps torn. */
  crash(): void;
  /** Opens the store of what is there. It answers only while `alive`. */
  open(alive: () => boolean): Store;
}

/** How long the disc takes for a write, a flush and a reading, at most, in milliseconds. */
const SLOWEST = { write: 2, sync: 6, read: 1 };

export function createDisk(scheduler: Scheduler, random: Random): Disk {
  const faults: StoreFault[] = [];
  let blamed = 0;
  let synced: string[] = [];
  let unsynced: string[] = [];

  function take(kind: StoreFault): StoreFault | undefined {
    const [next] = faults;
    if (next === undefined || next !== kind) return undefined;
    blamed += 1;
    return faults.shift();
  }

  function open(alive: () => boolean): Store {
    const memory = memoryStore();
    const restored = restore(memory, synced);

    /** Settles in a while, if whoever waits for it is still there then. */
    const wait = (slowest: number): Promise<void> =>
      new Promise((resolve) => {
        scheduler.after(random.between(0, slowest * 10) / 10, () => alive() && resolve());
      });

    async function commit(batch: readonly Write[]): Promise<void> {
      await restored;
      await wait(SLOWEST.write);
      if (take("error") !== undefined) throw new Error("the disc reports an error");
      await memory.commit(batch);
      unsynced.push(lineOf(batch));
      await wait(SLOWEST.sync);
      synced.push(...unsynced.splice(0));
      await wait(SLOWEST.write);
      if (take("executed but reported failed") !== undefined) {
        throw new Error("the disc does not answer");
      }
    }

    async function read<T>(action: () => Promise<T>): Promise<T> {
      await restored;
      // What was written last is still in memory; the rest has to be fetched.
      if (random.chance(30)) await wait(SLOWEST.read);
      if (take("read error") !== undefined) throw new Error("the disc cannot be read");
      return action();
    }

    let last: Promise<unknown> = Promise.resolve();
    return {
      durable: true,
      commit(batch) {
        const done = last.then(() => commit(batch));
        last = done.catch(() => undefined);
        return done;
      },
      readLog: (...args) => read(() => memory.readLog(...args)),
      readRuns: (...args) => read(() => memory.readRuns(...args)),
      load: () => read(() => memory.load()),
      close: () => memory.close(),
    };
  }

  return {
    faults,
    get blamed() {
      return blamed;
    },
    open,
    crash() {
      const kept = unsynced.slice(0, random.between(0, unsynced.length));
      const torn = unsynced[kept.length];
      if (torn !== undefined && random.chance(50)) {
        kept.push(torn.slice(0, random.between(0, torn.length - 1)));
      }
      synced = whole([...synced, ...kept]);
      unsynced = [];
      blamed = 0;
    },
  };
}

function lineOf(batch: readonly Write[]): string {
  const text = JSON.stringify(batch);
  return `${text.length} ${text}`;
}

/** The lines up to the first that is not whole, which is where the disc was written last. */
function whole(lines: readonly string[]): string[] {
  const end = lines.findIndex(
    (line) => !line.endsWith("]") || lengthIn(line) !== textIn(line).length,
  );
  return end === -1 ? [...lines] : lines.slice(0, end);
}

function lengthIn(line: string): number {
  return Number(line.slice(0, line.indexOf(" ")));
}

function textIn(line: string): string {
  return line.slice(line.indexOf(" ") + 1);
}

async function restore(memory: Store, lines: readonly string[]): Promise<void> {
  for (const line of lines) await memory.commit(JSON.parse(textIn(line)) as Write[]);
}
