import type { ChildTeller } from "./children.js";
import { followingChildren } from "./children.js";
import type { Context } from "./context.js";
import { record } from "./context.js";
import { openLiveView } from "./live-view.js";
import { oneLine } from "./text.js";
import { listenersOf } from "./view.js";
import type { View } from "./view.js";

/** NDJSON if asked for, a live view on a terminal, and nothing but notices where the output goes elsewhere. */
export function openView(context: Context, json: boolean): View {
  if (json) return recordView(context);
  const { out, err } = context;
  return out.isTerminal && err.isTerminal ? openLiveView(context) : quietView(context);
}

function quietView({ err }: Context): View {
  const notice = (text: string): void => void err.line(`arcp: ${oneLine(text)}`);
  return {
    records: false,
    listeners: listenersOf(notice),
    accepted: () => Promise.resolve(),
    event: () => Promise.resolve(),
    notice,
    close: () => undefined,
  };
}

function recordView(context: Context): View {
  const notice = (text: string): void => void record(context, { notice: text });
  return {
    records: true,
    listeners: { ...listenersOf(notice), ...followingChildren(childRecords(context)) },
    accepted: (job) => {
      // Credentials are secrets: left out.
      const { id: job_id, agent, lease, budget, traceId: trace_id } = job;
      return record(context, { accepted: { job_id, agent, lease, budget, trace_id } });
    },
    event: (event) => record(context, { event }),
    notice,
    close: () => undefined,
  };
}

/** Records of their own, so that who reads the job's events finds no others among them. */
function childRecords(context: Context): ChildTeller {
  return {
    begun: ({ job: { id: job_id, agent, lease }, parentId, delegateId }) => {
      const delegated = { parent_job_id: parentId, delegate_id: delegateId };
      return record(context, { child: { job_id, ...delegated, agent, lease } });
    },
    event: ({ id: job_id }, event) => record(context, { child_event: { job_id, ...event } }),
    ended: ({ id: job_id, finalStatus: final_status }) =>
      record(context, { child_end: { job_id, final_status } }),
  };
}
