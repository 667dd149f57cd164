/**
 * What was committed last, kept in memory as well. Whoever follows a job is given its entries from here, without a
 * way to the store's thread and the file; only what is older is read there.
 */
import type { LogEntry, Run, Write } from "../port.js";

/** The end of every log and numbering that fits. */
export interface Tail {
  /** Takes a batch that is durable. */
  add(batch: readonly Write[]): void;
  /** As the store's `readLog`; `undefined` if it is not all here. */
  readLog(job: string, from: number, count: number, size?: number): readonly LogEntry[] | undefined;
  /** As the store's `readRuns`; `undefined` if it is not all here. */
  readRuns(session: string, afterSeq: number, limit: number): readonly Run[] | undefined;
}

/** What is kept, in UTF-16 units; and what a piece costs beside its text. */
const MOST = 8 * 1024 * 1024;
const PIECE = 256;

interface Segment {
  readonly first: number;
  readonly entries: readonly LogEntry[];
}

/** Pieces that follow each other, the last of which is the owner's newest. */
interface Owned<Piece> {
  readonly owner: string;
  pieces: (Piece | undefined)[];
  /** How many of them are let go of. Their places stay for a while: to move all others each time costs more. */
  gone: number;
}

/** A piece of `of`, the oldest that it still has when its turn has come. */
interface Kept {
  readonly of: Owned<unknown>;
  readonly from: Map<string, Owned<unknown>>;
  readonly size: number;
}

export function createTail(most = MOST): Tail {
  const logs = new Map<string, Owned<Segment>>();
  const numberings = new Map<string, Owned<Run>>();
  /** In the order of the commits, from `head` on. */
  let kept: Kept[] = [];
  let head = 0;
  let size = 0;

  function keep<Piece>(
    into: Map<string, Owned<Piece>>,
    owner: string,
    piece: Piece,
    cost: number,
  ): void {
    const owned: Owned<Piece> = into.get(owner) ?? { owner, pieces: [], gone: 0 };
    if (owned.pieces.length === 0) into.set(owner, owned);
    owned.pieces.push(piece);
    kept.push({ of: owned, from: into as Map<string, Owned<unknown>>, size: cost });
    size += cost;
  }

  /** What was deleted meanwhile is let go of with the rest, in its turn. */
  function letGo(): void {
    for (; size > most; head += 1) {
      const { of, from, size: cost } = kept[head]!;
      forgetOldest(of);
      if (of.pieces.length === 0 && from.get(of.owner) === of) from.delete(of.owner);
      size -= cost;
    }
    if (head < 1024 || head * 2 < kept.length) return;
    kept = kept.slice(head);
    head = 0;
  }

  return {
    add(batch) {
      for (const write of batch) {
        if (write.op === "log.append") {
          const { job, first } = write;
          const entries = write.entries.map(({ type, body }) => ({ type, body }));
          const text = entries.reduce((sum, { body }) => sum + body.length + PIECE / 4, PIECE);
          if (entries.length > 0) keep(logs, job, { first, entries }, text);
        } else if (write.op === "run.append") {
          keep(numberings, write.session, { ...write.run }, PIECE);
        } else if (write.op === "job.delete") logs.delete(write.id);
        else if (write.op === "session.delete") numberings.delete(write.id);
        else if (write.op === "run.drop") numberings.delete(write.session);
      }
      letGo();
    },
    readLog(job, from, count, size = Infinity) {
      const log = logs.get(job);
      if (log === undefined || from < log.pieces[log.gone]!.first) return undefined;
      const entries: LogEntry[] = [];
      let at = log.pieces.findLastIndex((piece) => piece!.first <= from);
      let left = size;
      for (; at < log.pieces.length && entries.length < count; at += 1) {
        const segment = log.pieces[at]!;
        const begin = Math.max(from - segment.first, 0);
        const end = begin + count - entries.length;
        for (const { type, body } of segment.entries.slice(begin, end)) {
          if (left <= 0) return entries;
          entries.push({ type, body });
          left -= body.length;
        }
      }
      return entries;
    },
    readRuns(session, afterSeq, limit) {
      const numbering = numberings.get(session);
      if (numbering === undefined) return undefined;
      const { pieces, gone } = numbering;
      if (afterSeq + 1 < pieces[gone]!.firstSeq) return undefined;
      // Looked for from the end, where whoever follows is; what is gone holds smaller numbers.
      const before = pieces.findLastIndex(
        (run) => run === undefined || run.firstSeq + run.count - 1 <= afterSeq,
      );
      const runs: Run[] = [];
      for (const run of pieces.slice(before + 1, before + 1 + Math.max(limit, 0))) {
        const { firstSeq, job, firstIndex, count } = run!;
        runs.push({ firstSeq, job, firstIndex, count });
      }
      return runs;
    },
  };
}

function forgetOldest(owned: Owned<unknown>): void {
  owned.pieces[owned.gone] = undefined;
  owned.gone += 1;
  if (owned.gone * 2 < owned.pieces.length) return;
  owned.pieces = owned.pieces.slice(owned.gone);
  owned.gone = 0;
}
