/** Writes down which numbered messages come in on which connection, and changes nothing. */
import type { Dial, Transport } from "arcp";

/** What came in on the wire. */
export interface WireRecord {
  /** The `event_seq` of every message that had one, for each connection, in the order of arrival. */
  readonly connections: readonly (readonly number[])[];
  /** Characters of everything that came in. */
  readonly size: number;
}

/** A dial that records what the connections of another one bring. */
export function recording(dial: Dial): { readonly dial: Dial; readonly record: WireRecord } {
  const connections: number[][] = [];
  const record = { connections, size: 0 };
  return {
    record,
    dial: async (options) => {
      const transport = await dial(options);
      const numbers: number[] = [];
      connections.push(numbers);
      return tapped(transport, (frame) => {
        record.size += frame.length;
        const { event_seq } = JSON.parse(frame) as { readonly event_seq?: number };
        if (event_seq !== undefined) numbers.push(event_seq);
      });
    },
  };
}

function tapped(transport: Transport, tap: (frame: string) => void): Transport {
  async function* incoming() {
    const frames = transport.incoming[Symbol.asyncIterator]();
    for (;;) {
      const next = await frames.next();
      if (next.done === true) return next.value;
      tap(next.value);
      yield next.value;
    }
  }
  return {
    incoming: incoming(),
    send: (frames) => transport.send(frames),
    close: (code, reason) => transport.close(code, reason),
  };
}
