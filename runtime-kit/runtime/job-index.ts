import type { JobId } from "../../generated/current/index.js";
import type { LiveJob } from "./live.js";

/** The jobs of a runtime: by id, and for each principal in the order of their ids. */
export interface JobIndex {
  add(job: LiveJob): void;
  delete(job: LiveJob): void;
  get(id: JobId): LiveJob | undefined;
  /** In ascending order of id, which is the order of acceptance to the millisecond. */
  of(principal: string): readonly LiveJob[];
  /** All of them, in the same order. */
  sorted(): readonly LiveJob[];
  all(): Iterable<LiveJob>;
}

interface Owned {
  readonly jobs: Set<LiveJob>;
  /** In ascending order of id; made for a list, and good until the jobs change. */
  sorted: readonly LiveJob[] | undefined;
}

export function createJobIndex(): JobIndex {
  const byId = new Map<JobId, LiveJob>();
  const byPrincipal = new Map<string, Owned>();
  let sorted: readonly LiveJob[] | undefined;

  return {
    add(job) {
      sorted = undefined;
      byId.set(job.state.id, job);
      let owned = byPrincipal.get(job.state.principal);
      if (owned === undefined) {
        owned = { jobs: new Set(), sorted: undefined };
        byPrincipal.set(job.state.principal, owned);
      }
      owned.jobs.add(job);
      owned.sorted = undefined;
    },
    delete(job) {
      sorted = undefined;
      byId.delete(job.state.id);
      const owned = byPrincipal.get(job.state.principal);
      if (owned === undefined) return;
      owned.jobs.delete(job);
      owned.sorted = undefined;
      if (owned.jobs.size === 0) byPrincipal.delete(job.state.principal);
    },
    get: (id) => byId.get(id),
    of(principal) {
      const owned = byPrincipal.get(principal);
      if (owned === undefined) return [];
      return (owned.sorted ??= [...owned.jobs].sort(byAge));
    },
    sorted: () => (sorted ??= [...byId.values()].sort(byAge)),
    all: () => byId.values(),
  };
}

function byAge({ state: one }: LiveJob, { state: other }: LiveJob): number {
  return one.id < other.id ? -1 : 1;
}
