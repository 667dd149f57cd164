/** Virtual time: what is to happen, in order, and nothing in between. */

/** Everything that a run waits for is put here; what is due next happens next, however long that would take. */
export interface Scheduler {
  /** Milliseconds since the run began. */
  readonly now: number;
  /** How many things have happened. */
  readonly steps: number;
  /** Lets `action` happen at a time; of two at the same time, the one that was asked for first. */
  at(time: number, action: () => void): () => void;
  /** The same, in `ms` milliseconds. */
  after(ms: number, action: () => void): () => void;
  /** Everybody's time jumps ahead, as on a machine that slept. */
  jump(ms: number): void;
  /** Calls `action` before the given step. */
  before(step: number, action: () => void): void;
  /** Goes on until `done`; throws when nothing is left to happen, or after `most` steps. */
  run(done: () => boolean, most: number): Promise<void>;
}

interface Planned {
  readonly at: number;
  readonly order: number;
  action: (() => void) | undefined;
}

export function createScheduler(): Scheduler {
  const heap = createHeap();
  const interrupts = new Map<number, (() => void)[]>();
  let now = 0;
  let steps = 0;
  let order = 0;

  function step(most: number): void {
    const next = heap.pop();
    if (next === undefined) throw new Error(`nothing is left to happen, after ${steps} steps`);
    if (next.action === undefined) return;
    if (steps === most) throw new Error(`there is no end, after ${steps} steps`);
    steps += 1;
    for (const interrupt of interrupts.get(steps) ?? []) interrupt();
    now = Math.max(now, next.at);
    next.action();
  }

  function at(time: number, action: () => void): () => void {
    const planned: Planned = { at: time, order: (order += 1), action };
    heap.push(planned);
    return () => (planned.action = undefined);
  }

  return {
    get now() {
      return now;
    },
    get steps() {
      return steps;
    },
    at,
    after: (ms, action) => at(now + ms, action),
    jump: (ms) => void (now += ms),
    before(step, action) {
      interrupts.set(step, [...(interrupts.get(step) ?? []), action]);
    },
    async run(done, most) {
      // After a turn, all promises have settled that could settle.
      for (await turn(); !done(); await turn()) step(most);
    },
  };
}

function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** A binary heap by time, and by order within a time. */
function createHeap() {
  const items: Planned[] = [];
  const earlier = (a: Planned, b: Planned) => a.at < b.at || (a.at === b.at && a.order < b.order);

  return {
    push(item: Planned): void {
      let at = items.length;
      while (at > 0) {
        const above = (at - 1) >>> 1;
        if (!earlier(item, items[above]!)) break;
        items[at] = items[above]!;
        at = above;
      }
      items[at] = item;
    },
    pop(): Planned | undefined {
      const [first] = items;
      const last = items.pop();
      if (last === undefined || last === first) return first;
      let at = 0;
      for (;;) {
        let below = 2 * at + 1;
        if (below >= items.length) break;
        if (below + 1 < items.length && earlier(items[below + 1]!, items[below]!)) below += 1;
        if (!earlier(items[below]!, last)) break;
        items[at] = items[below]!;
        at = below;
      }
      items[at] = last;
      return first;
    },
  };
}
