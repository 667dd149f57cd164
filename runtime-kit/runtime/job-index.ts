import type { JobId } from "../../generated/draft-1.1/index.js";
import type { LiveJob } from "./live.js";

/** The jobs of a runtime: by id, and for each principal in the order of their ids. */
export interface JobIndex {
  add(job: LiveJob): void;
  delete(job: LiveJob): void;
  get(id: JobId): LiveJob | undefined;
  /** In ascending order of id, which is the order of acceptance to the millisecond. */
  of(principal: string): readonly LiveJob[];
  all(): Iterable<LiveJob>;
}

export function createJobIndex(): JobIndex {
  const byId = new Map<JobId, LiveJob>();
  const byPrincipal = new Map<string, LiveJob[]>();

  function listOf(principal: string): LiveJob[] {
    const list = byPrincipal.get(principal) ?? [];
    byPrincipal.set(principal, list);
    return list;
  }

  return {
    add(job) {
      byId.set(job.state.id, job);
      const list = listOf(job.state.principal);
      // Ids of one millisecond come in any order: a new one belongs at the end, or close to it.
      let at = list.length;
      while (at > 0 && list[at - 1]!.state.id > job.state.id) at -= 1;
      list.splice(at, 0, job);
    },
    delete(job) {
      byId.delete(job.state.id);
      const list = listOf(job.state.principal);
      const at = list.indexOf(job);
      // The oldest goes first, as a rule: all others move up without being touched.
      if (at === 0) list.shift();
      else if (at !== -1) list.splice(at, 1);
      if (list.length === 0) byPrincipal.delete(job.state.principal);
    },
    get: (id) => byId.get(id),
    of: (principal) => byPrincipal.get(principal) ?? [],
    all: () => byId.values(),
  };
}
