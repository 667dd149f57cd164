import type { JobId } from "../../generated/current/index.js";
import type { StoreError } from "../stores/errors.js";
import type { LogEntry, Store } from "../stores/port.js";
import type { Transport } from "../transports/port.js";
import { DONE } from "../transports/queue.js";
import type { RuntimeDraft } from "../wire/draft.js";
import type { FrameBuilder } from "../wire/encode.js";
import type { LiveSession } from "./live.js";
import { readableLog } from "./stored-log.js";

/**
 * How far a session's events were sent on one connection. Plain data, so that a session in which nothing
 * happens costs little.
 */
export interface Delivery {
  readonly session: LiveSession;
  readonly transport: Transport;
  /** The number up to which everything was handed to the transport. */
  cursor: number;
  running: boolean;
  /** What built the last frame, since the next one is likely of the same job. */
  builder: { readonly job: JobId; readonly frame: FrameBuilder } | undefined;
  /** Nothing more is sent, once it is set. */
  stopped: boolean;
  /** What is said behind the frame with this number, beside the numbered stream: as it is true by then. */
  behind: Map<number, (() => RuntimeDraft)[]> | undefined;
}

/**
 * Reads a session's numbered events from the log and sends them on one connection: live events, the
 * replay after a resume, both by this one path (law 4). A slow peer slows the reading, nothing else.
 */
export interface Deliveries {
  /** Begins behind the last number that the client has. */
  begin(session: LiveSession, transport: Transport, cursor: number): Delivery;
  /** There may be more in the log. */
  wake(delivery: Delivery): void;
}

/** Gives the entry at `index` of a job's log another form. */
export type Shape = (job: JobId, entry: LogEntry, index: number) => LogEntry | Promise<LogEntry>;

export interface DeliveriesOptions {
  readonly store: Store;
  /** What builds a job's frames; a promise where something has to be read for them. */
  readonly frames: (session: LiveSession, job: JobId) => FrameBuilder | Promise<FrameBuilder>;
  /** Gives entries another form for this session; `undefined` if they stay as they are. */
  readonly shapeFor: (session: LiveSession) => Shape | undefined;
  /** Runs a function after the present turn. */
  readonly defer: (action: () => void) => void;
  /** The transport has no room, and holds so many characters; what is returned is called once it has. */
  readonly stuck: (delivery: Delivery, size: number) => () => void;
  /** Frames went out. */
  readonly sent: (session: LiveSession) => void;
  /** An entry is not what was written: in its place there is an event that says so. */
  readonly damaged: (job: JobId, index: number, error: StoreError) => void;
  readonly failed: (session: LiveSession, error: unknown) => void;
  /** The text of what is said beside the numbered stream. */
  readonly sealed: (session: LiveSession, draft: RuntimeDraft) => string | undefined;
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
const BUILDERS = 128;
const RUNS_AT_ONCE = 64;
const ENTRIES_AT_ONCE = 256;

/** What was read and is not sent yet. */
interface Batch {
  frames: string[];
  characters: number;
  /** The number of the last frame. */
  collected: number;
  /** Characters sent since others had their turn. */
  thisTurn: number;
  /** Of the jobs that take turns in it. */
  builders: Map<JobId, FrameBuilder | Promise<FrameBuilder>> | undefined;
}

type Entries = Promise<readonly LogEntry[]>;

export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { store } = options;

  /** What was used before, or a new one; a promise only where something has to be read, or asked, for it. */
  function builder(
    delivery: Delivery,
    batch: Batch,
    job: JobId,
  ): FrameBuilder | Promise<FrameBuilder> {
    if (delivery.builder?.job === job) return delivery.builder.frame;
    const known = batch.builders?.get(job) ?? options.frames(delivery.session, job);
    (batch.builders ??= new Map()).set(job, known);
    // Whoever waits for it is told; it may fail before.
    if (known instanceof Promise) known.catch(() => {});
    return known;
  }

  /** The same, once it is there. What comes before its job does not wait for it. */
  async function ready(
    delivery: Delivery,
    batch: Batch,
    job: JobId,
    making: Promise<FrameBuilder>,
  ): Promise<FrameBuilder> {
    await send(delivery, batch);
    const frame = await making;
    batch.builders?.set(job, frame);
    return frame;
  }

  /** What was read last: very many who look on at one job read the same of its log, one after the other. */
  let recent: { job: JobId; index: number; count: number; entries: Entries } | undefined;

  function readLog(job: JobId, index: number, count: number): Entries {
    const known = recent?.job === job && recent.index === index && recent.count === count;
    if (known) return recent!.entries;
    const window = { job, from: index, count, size: BATCH_CHARACTERS };
    const entries = readableLog(store, window, options.damaged);
    const reading = { job, index, count, entries };
    recent = reading;
    // What is there stays as it is; what was not, or could not be read, is read anew.
    const forget = () => {
      if (recent === reading) recent = undefined;
    };
    entries.then(({ length }) => length === 0 && forget(), forget);
    return entries;
  }

  async function send(delivery: Delivery, batch: Batch): Promise<void> {
    const { frames, characters } = batch;
    batch.frames = [];
    batch.characters = 0;
    batch.thisTurn += characters;
    if (delivery.stopped || frames.length === 0) return;
    const taken = delivery.transport.send(frames);
    if (taken !== DONE) {
      const release = options.stuck(delivery, characters + TRANSPORT_HOLDS);
      await taken;
      release();
    }
    // A transport that was closed meanwhile has dropped what it held.
    if (delivery.stopped) return;
    delivery.cursor = batch.collected;
    options.sent(delivery.session);
    if (batch.thisTurn < TURN_CHARACTERS) return;
    batch.thisTurn = 0;
    await new Promise<void>(options.defer);
  }

  function interject({ session, behind }: Delivery, batch: Batch): void {
    const drafts = behind?.get(batch.collected) ?? [];
    behind?.delete(batch.collected);
    for (const draft of drafts) {
      const text = options.sealed(session, draft());
      if (text === undefined) continue;
      batch.frames.push(text);
      batch.characters += text.length;
    }
  }

  async function collect(delivery: Delivery, batch: Batch): Promise<void> {
    const { session } = delivery;
    const before = batch.collected;
    const shape = options.shapeFor(session);
    // The store may show a batch before its replies went out: those come first.
    const newest = session.committed;
    const runs = await store.readRuns(session.state.id, batch.collected, RUNS_AT_ONCE);
    // A replay may be longer than its jobs are few; what is cleared is quickly made again.
    if ((batch.builders?.size ?? 0) > BUILDERS - RUNS_AT_ONCE) batch.builders?.clear();
    // A policy that takes its time is asked about all of them at once, and not about one after the other.
    for (const { job } of runs) builder(delivery, batch, job);
    for (const run of runs) {
      const { job } = run;
      const known = builder(delivery, batch, job);
      const frame = known instanceof Promise ? await ready(delivery, batch, job, known) : known;
      if (delivery.builder?.job !== job) delivery.builder = { job, frame };
      const last = Math.min(run.firstSeq + run.count - 1, newest);
      while (!delivery.stopped && batch.collected < last) {
        const offset = Math.max(batch.collected + 1 - run.firstSeq, 0);
        const count = Math.min(last - batch.collected, ENTRIES_AT_ONCE);
        const index = run.firstIndex + offset;
        const entries = await readLog(run.job, index, count);
        if (entries.length === 0)
          throw new Error(`the log of ${run.job} ends before its numbering`);
        for (let at = 0; at < entries.length; at += 1) {
          const stored = entries[at]!;
          const shaped = shape === undefined ? stored : shape(run.job, stored, index + at);
          const entry = shaped instanceof Promise ? await shaped : shaped;
          const text = frame(entry, index + at, run.firstSeq + offset + at);
          batch.frames.push(text);
          batch.characters += text.length;
          batch.collected = run.firstSeq + offset + at;
          if (delivery.behind !== undefined) interject(delivery, batch);
          const full = batch.frames.length >= BATCH_FRAMES || batch.characters >= BATCH_CHARACTERS;
          if (full) await send(delivery, batch);
        }
      }
    }
    if (!delivery.stopped && batch.collected === before) {
      throw new Error(`no run holds number ${before + 1}`);
    }
  }

  async function pump(delivery: Delivery): Promise<void> {
    const { session, cursor } = delivery;
    const batch: Batch = {
      frames: [],
      characters: 0,
      collected: cursor,
      thisTurn: 0,
      builders: undefined,
    };
    delivery.running = true;
    try {
      while (!delivery.stopped && delivery.cursor < session.committed) {
        await collect(delivery, batch);
        await send(delivery, batch);
      }
    } catch (error) {
      // One that was stopped has been followed by another, whose connection is none of its business.
      if (delivery.stopped) return;
      delivery.stopped = true;
      options.failed(session, error);
    } finally {
      delivery.running = false;
    }
  }

  return {
    begin: (session, transport, cursor) => ({
      session,
      transport,
      cursor,
      running: false,
      builder: undefined,
      stopped: false,
      behind: undefined,
    }),
    wake(delivery) {
      if (delivery.running || delivery.stopped) return;
      if (delivery.cursor < delivery.session.committed) void pump(delivery);
    },
  };
}
