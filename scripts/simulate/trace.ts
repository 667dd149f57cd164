/** A run to be read: who said what to whom, what the agents did, and what went wrong. */
import type { AgentNote, Entry, Message } from "../torture/history.js";
import type { Outcome } from "./simulation.js";

/** A line for each thing that happened, in order. */
export function trace({ history, struck, violations }: Outcome): readonly string[] {
  const names = new Map<number, string>();
  const lines: { at: number; text: string }[] = [];
  for (const [place, entry] of history.entries.entries()) {
    for (const { fault, at } of struck.filter((one) => one.place === place)) {
      lines.push({ at, text: `FAULT ${fault.number}: ${fault.kind}` });
    }
    if (entry.do === "open") names.set(entry.connection, `#${entry.connection} ${entry.client}`);
    lines.push({ at: entry.at, text: wordsOf(entry, names) });
    for (const { kind, text } of violations.filter((one) => one.place === place)) {
      lines.push({ at: entry.at, text: `VIOLATION ${kind}: ${text}` });
    }
  }
  for (const note of history.notes) lines.push({ at: note.at, text: noteInWords(note) });
  const order = new Map(lines.map((line, at) => [line, at]));
  return lines
    .sort((a, b) => a.at - b.at || order.get(a)! - order.get(b)!)
    .map(({ at, text }) => `${at.toFixed(2).padStart(10)}  ${text}`);
}

function wordsOf(entry: Entry, names: ReadonlyMap<number, string>): string {
  const name = "connection" in entry ? names.get(entry.connection) : undefined;
  switch (entry.do) {
    case "listening":
      return `runtime, life ${entry.cycle}: listens`;
    case "kill":
      return `runtime: crashes, ${entry.open} requests open; life ${entry.cycle} is over`;
    case "trouble":
      return `TROUBLE ${entry.text}`;
    case "open":
      return `${name}: connected`;
    case "close":
      return `${name}: closed, ${entry.code}`;
    case "sent":
      return `${name} -> ${messageInWords(JSON.parse(entry.text) as Message)}`;
    case "received":
      return `${name} <- ${messageInWords(JSON.parse(entry.text) as Message)}`;
    case "told":
      return `${entry.client}: was told ${entry.seq ?? "the end"} of ${entry.job}`;
  }
}

function messageInWords({ type, id, event_seq: seq, payload }: Message): string {
  const number = seq === undefined ? "" : `${seq} `;
  const { client: _, auth: _auth, capabilities: _capabilities, agents: _agents, ...rest } = payload;
  return `${number}${type} ${id} ${JSON.stringify(rest)}`;
}

function noteInWords({ do: what, job, cycle }: AgentNote): string {
  return `agent, life ${cycle}: ${what} of ${job}`;
}
