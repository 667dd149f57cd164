import type { JobId, SessionId } from "../../generated/draft-1.1/index.js";
import type { LogEntry, Store } from "../stores/port.js";
import type { Transport } from "../transports/port.js";
import { DONE } from "../transports/queue.js";
import type { FrameBuilder } from "../wire/encode.js";

/**
 * Reads a session's numbered events from the log and sends them on one connection: live events, the
 * replay after a resume, both by this one path (law 4). A slow peer slows the reading, nothing else.
 */
export interface Delivery {
  /** There may be more in the log. */
  wake(): void;
  /** Nothing more is sent, from now on. */
  stop(): void;
  /** The number up to which everything was handed to the transport. */
  readonly cursor: number;
}

export interface DeliveryOptions {
  readonly store: Store;
  readonly session: SessionId;
  readonly transport: Transport;
  /** The last number that the client has. */
  readonly cursor: number;
  /** The newest number that is committed. */
  readonly newest: () => number;
  readonly frames: (job: JobId) => FrameBuilder;
  /** Gives an entry another form for this session. */
  readonly shape?: (job: JobId, entry: LogEntry) => Promise<LogEntry>;
  /** Runs a function after the present turn. */
  readonly defer: (action: () => void) => void;
  /** The transport has no room, and holds so many characters; what is returned is called once it has. */
  readonly stuck: (size: number) => () => void;
  /** Frames went out. */
  readonly sent: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * What one write carries at most, a larger frame alone, and what is read of a log at once: enough to make up for what
 * a write costs, and little, since it is what each reader that stopped reading holds beside its transport's mark.
 */
const BATCH_FRAMES = 1024;
const BATCH_CHARACTERS = 128 * 1024;
/** What a transport holds before it says that it has no room. */
const TRANSPORT_HOLDS = 256 * 1024;
/** After so much others get their turn: a peer that takes everything at once would otherwise keep it. */
const TURN_CHARACTERS = 512 * 1024;
const BUILDERS = 64;
const RUNS_AT_ONCE = 64;
const ENTRIES_AT_ONCE = 256;

export function createDelivery(options: DeliveryOptions): Delivery {
  const { store, session, transport } = options;
  const builders = new Map<JobId, FrameBuilder>();
  let cursor = options.cursor;
  let running = false;
  let stopped = false;

  let frames: string[] = [];
  let characters = 0;
  let thisTurn = 0;
  let collected = cursor;

  function builder(job: JobId): FrameBuilder {
    const known = builders.get(job);
    if (known !== undefined) return known;
    // A connection lives longer than its jobs; what is cleared is quickly made again.
    if (builders.size === BUILDERS) builders.clear();
    const made = options.frames(job);
    builders.set(job, made);
    return made;
  }

  async function send(): Promise<void> {
    const batch = frames;
    const size = characters;
    thisTurn += size;
    frames = [];
    characters = 0;
    if (stopped || batch.length === 0) return;
    const taken = transport.send(batch);
    if (taken !== DONE) await stuck(taken, size);
    // A transport that was closed meanwhile has dropped what it held.
    if (stopped) return;
    cursor = collected;
    options.sent();
    if (thisTurn < TURN_CHARACTERS) return;
    thisTurn = 0;
    await new Promise<void>(options.defer);
  }

  async function stuck(taken: Promise<void>, size: number): Promise<void> {
    const release = options.stuck(size + TRANSPORT_HOLDS);
    await taken;
    release();
  }

  async function collect(): Promise<void> {
    const before = collected;
    // The store may show a batch before its replies went out: those come first.
    const newest = options.newest();
    for (const run of await store.readRuns(session, collected, RUNS_AT_ONCE)) {
      const frame = builder(run.job);
      const last = Math.min(run.firstSeq + run.count - 1, newest);
      while (!stopped && collected < last) {
        const offset = Math.max(collected + 1 - run.firstSeq, 0);
        const count = Math.min(last - collected, ENTRIES_AT_ONCE);
        const index = run.firstIndex + offset;
        const entries = await store.readLog(run.job, index, count, BATCH_CHARACTERS);
        if (entries.length === 0)
          throw new Error(`the log of ${run.job} ends before its numbering`);
        for (const [at, stored] of entries.entries()) {
          const entry = options.shape === undefined ? stored : await options.shape(run.job, stored);
          const text = frame(entry, index + at, run.firstSeq + offset + at);
          frames.push(text);
          characters += text.length;
          collected = run.firstSeq + offset + at;
          if (frames.length >= BATCH_FRAMES || characters >= BATCH_CHARACTERS) await send();
        }
      }
    }
    if (!stopped && collected === before) throw new Error(`no run holds number ${before + 1}`);
  }

  async function pump(): Promise<void> {
    running = true;
    try {
      while (!stopped && cursor < options.newest()) {
        await collect();
        await send();
      }
    } catch (error) {
      stopped = true;
      options.failed(error);
    } finally {
      running = false;
    }
  }

  return {
    wake() {
      if (!running && !stopped) void pump();
    },
    stop() {
      stopped = true;
    },
    get cursor() {
      return cursor;
    },
  };
}
