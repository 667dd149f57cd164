/** Whether the run showed what it was to show. */
import type { Story } from "./job.js";

/** What is wrong with a run, in words; nothing if all is as promised. */
export function problemsOf(story: Story): readonly string[] {
  const { seen, wire, resumed, sameSession, gaps, refused, report, chunks, chunkBytes } = story;
  const last = Math.max(0, ...wire.flat());
  const wrong = seen.findIndex((seq, index) => seq !== index + 1);
  const checks: readonly (readonly [boolean, string])[] = [
    [wrong === -1, `event ${seen[wrong]} was read where event ${wrong + 1} belongs`],
    [
      last === seen.length + 1,
      `${seen.length} events were read, but the job's end is number ${last}`,
    ],
    [resumed === 1 && sameSession, `the session was resumed ${resumed} times, not once`],
    [gaps === 0, `${gaps} gaps were told`],
    [wire.length === 2, `there were ${wire.length} connections, not two`],
    [
      refused.length > 0,
      "nothing was refused, although the agent tried a file outside of the lease",
    ],
    [chunks > 1, `the report came in ${chunks} chunk, not in several`],
    [
      Buffer.byteLength(report) === chunkBytes,
      `the report has ${Buffer.byteLength(report)} bytes, its chunks ${chunkBytes}`,
    ],
  ];
  return checks.flatMap(([holds, problem]) => (holds ? [] : [problem]));
}

/** How many numbers came in more than once, over all connections. */
export function repeated(wire: readonly (readonly number[])[]): number {
  const all = wire.flat();
  return all.length - new Set(all).size;
}
