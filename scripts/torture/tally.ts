/** What a run was made of. */
import { factsOf } from "./check/facts.js";
import type { History } from "./history.js";

export interface Tally {
  cycles: number;
  /** Kills at which at least one submit or cancel was sent and not answered. */
  inOpenWrites: number;
  jobs: number;
  /** Numbered messages that were received, replays too. */
  events: number;
  resumes: number;
  /** Submits that repeated a key. */
  retries: number;
}

export function counted(history: History): Tally {
  const { connections, jobs, submits } = factsOf(history);
  const kills = history.entries.filter((entry) => entry.do === "kill");
  const keyed = submits.filter(({ key }) => key !== undefined);
  const keys = new Set(keyed.map(({ key, sent }) => `${sent.connection.principal} ${key}`));
  return {
    cycles: kills.length,
    inOpenWrites: kills.filter(({ open }) => open > 0).length,
    jobs: jobs.size,
    events: connections.reduce((sum, { numbered }) => sum + numbered.length, 0),
    resumes: connections.filter(
      ({ hello, welcome }) =>
        welcome !== undefined && hello?.message.payload["resume"] !== undefined,
    ).length,
    retries: keyed.length - keys.size,
  };
}

export function addTo(total: Tally, more: Tally): void {
  for (const name of Object.keys(more) as (keyof Tally)[]) total[name] += more[name];
}

export function inWords(tally: Tally): string {
  const { cycles, inOpenWrites, jobs, events, resumes, retries } = tally;
  return `${cycles} cycles, ${inOpenWrites} kills in open writes, ${jobs} jobs, ${events} events, ${resumes} resumes, ${retries} retries`;
}
