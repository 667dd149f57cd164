/** Waiting jobs: first come, first served for each principal, and the principals in turn. */
export interface FairQueue<Job> {
  push(job: Job): void;
  shift(): Job | undefined;
}

export function createFairQueue<Job>(principalOf: (job: Job) => string): FairQueue<Job> {
  // A map keeps its order: who was served goes to its end.
  const lines = new Map<string, Job[]>();
  return {
    push(job) {
      const principal = principalOf(job);
      const line = lines.get(principal);
      if (line === undefined) lines.set(principal, [job]);
      else line.push(job);
    },
    shift() {
      for (const [principal, line] of lines) {
        const job = line.shift();
        lines.delete(principal);
        if (line.length > 0) lines.set(principal, line);
        return job;
      }
      return undefined;
    },
  };
}
