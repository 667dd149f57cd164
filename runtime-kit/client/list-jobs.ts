import { Limits } from "../../generated/current/index.js";
import type { JobSummary, PayloadOf } from "../../generated/current/index.js";
import { ConnectionError } from "../wire/errors.js";
import { instant, pageSize } from "./options.js";
import type { JobsFilter } from "./options.js";
import type { Pump } from "./pump.js";

/** The jobs that the filter lets through, page by page as they are asked for. §6.6 */
export async function* listJobs(
  pump: Pick<Pump, "request">,
  filter: JobsFilter,
): AsyncGenerator<JobSummary, undefined> {
  let left = filter.limit ?? Infinity;
  let cursor: string | null | undefined;
  while (left > 0) {
    const limit = pageSize(left === Infinity ? Limits.listPageMax : left);
    const payload = { filter: wireFilter(filter), limit, ...(cursor == null ? {} : { cursor }) };
    const page = await pump.request(
      { type: "session.list_jobs", payload },
      { repeatable: true, taken: (message) => message.payload as PayloadOf<"session.jobs"> },
    );
    yield* page.jobs.slice(0, left);
    left -= page.jobs.length;
    if (page.next_cursor == null) return undefined;
    if (page.next_cursor === cursor) {
      throw new ConnectionError("PROTOCOL", "the runtime's list of jobs does not advance");
    }
    cursor = page.next_cursor;
  }
  return undefined;
}

function wireFilter({ status, agent, createdAfter }: JobsFilter) {
  return {
    ...(status === undefined ? {} : { status: [...status] }),
    ...(agent === undefined ? {} : { agent }),
    ...(createdAfter === undefined ? {} : { created_after: instant(createdAfter, "createdAfter") }),
  };
}
