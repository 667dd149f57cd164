/** Mutants of the list of jobs and of closing. §6.6, §6.7 */
import {
  altered,
  jobOf,
  losing,
  numbered,
  on,
  type Body,
  type Message,
  type Mutant,
} from "./mutant.js";

type Row = Body;

const rows = (change: (all: Row[], message: Message) => Row[]) =>
  on(["session.jobs"], (payload, message) => {
    payload["jobs"] = change(payload["jobs"], message);
  });

const asking = (change: (payload: Row) => void) =>
  on(["session.list_jobs"], (payload) => change(payload));

/** Mutants of sections 6.6 and 6.7. */
export const listMutants: readonly Mutant[] = [
  {
    name: "jobs-twice",
    about: "answers a list twice",
    toClient: on(["session.jobs"], (_, message) => [message, message]),
  },
  {
    name: "rows-without-version",
    about: "lists agents without their version",
    toClient: rows((all) => all.map((r) => ({ ...r, agent: String(r["agent"]).split("@")[0] }))),
  },
  {
    name: "rows-without-lease",
    about: "lists jobs without their lease",
    toClient: rows((all) => all.map(({ lease: _, ...r }) => r)),
  },
  {
    name: "rows-without-submitted-at",
    about: "lists created_at only",
    toClient: rows((all) => all.map(({ submitted_at: _, ...r }) => r)),
  },
  {
    name: "rows-always-running",
    about: "lists every job as running",
    toClient: rows((all) => all.map((r) => ({ ...r, status: "running" }))),
  },
  {
    name: "drop-finished-rows",
    about: "forgets finished jobs",
    toClient: rows((all) => all.filter((r) => ["running", "pending"].includes(r["status"]))),
  },
  {
    name: "lease-widened-in-list",
    about: "changes the lease of a job afterwards",
    toClient: rows((all) =>
      all.map((r) => ({ ...r, lease: { ...r["lease"], "fs.write": ["/**"] } })),
    ),
  },
  {
    name: "ignore-filter",
    about: "does not filter",
    toServer: asking((p) => void delete p["filter"]),
  },
  {
    name: "filters-everything",
    about: "finds nothing with a filter",
    toServer: asking((p) => void (p["filter"] && (p["filter"] = { agent: "conformance.nothing" }))),
  },
  {
    name: "agent-filter-exact",
    about: "compares agents with their version only",
    toServer: asking(({ filter }) => {
      if (filter?.["agent"]?.includes("@") === false) filter["agent"] += "@2.0.0";
    }),
  },
  {
    name: "ignore-limit",
    about: "does not look at limit",
    toServer: asking((p) => void delete p["limit"]),
  },
  {
    name: "cursor-restarts",
    about: "does not look at the cursor",
    toServer: asking((p) => void delete p["cursor"]),
  },
  {
    name: "leak-rows",
    about: "lists the jobs of everybody",
    toClient: (message, { shared, requests }) => {
      const asked = requests.get(String(message.payload["request_id"]))?.type;
      if (asked !== "session.list_jobs") return undefined;
      const jobs = [...shared.jobs].map(([job_id, { accepted }]) => ({
        ...{ job_id, agent: "leaked@1.0.0", status: "running", lease: {} },
        created_at: accepted.payload["accepted_at"],
      }));
      const { jobs: own = [], next_cursor = null } = message.payload;
      const type = "session.jobs";
      return [altered(message, { jobs: [...own, ...jobs], next_cursor }, { type })];
    },
  },
  {
    name: "listing-subscribes",
    about: "delivers the events of jobs that were only listed",
    toClient: (message, link) => {
      if (message.type === "session.jobs") link.memory.set("listed", true);
      if (!numbered(message)) return;
      for (const other of link.shared.links) {
        if (other !== link && other.memory.has("listed")) other.toClient(message);
      }
    },
  },
  {
    name: "broadcast",
    about: "delivers every job to every session",
    toClient: (message, link) => {
      if (!numbered(message)) return;
      for (const other of link.shared.links) if (other !== link) other.toClient(message);
    },
  },
  { name: "drop-closed", about: "closes without a word", toClient: losing("session.closed") },
  {
    name: "open-after-closed",
    about: "leaves the connection open after session.closed",
    toClient: on(["session.closed"], (_, __, { memory }) => void memory.set("closed", true)),
    staysOpen: ({ memory }) => memory.has("closed"),
  },
  {
    name: "talks-after-closed",
    about: "goes on talking after session.closed",
    toClient: on(["session.closed"], (_, message) => [
      message,
      { ...message, type: "session.ping", payload: { nonce: "still-here" } },
    ]),
  },
  {
    name: "close-cancels",
    about: "cancels the jobs of a closed session",
    toServer: on(["session.close"], (_, message, { jobs }) => [
      ...[...jobs].map((job_id) => cancel(message, job_id)),
      message,
    ]),
  },
  {
    name: "drop-cancels",
    about: "cancels the jobs of a dropped connection",
    clientGone: (link) => {
      const any = { arcp: "1.1", type: "x", payload: {} };
      for (const job_id of link.jobs) link.toServer(cancel(any, job_id));
    },
  },
  {
    name: "bye-unknown",
    about: "knows session.close only",
    toServer: on(["session.bye"], (_, message) => void (message.type = "session.odd")),
  },
  {
    name: "foreign-cancel-works",
    about: "lets anybody cancel any job",
    toClient: (message, { shared, requests }) => {
      const asked = requests.get(String(message.payload["request_id"]));
      if (message.type !== "session.error" || asked?.type !== "job.cancel") return undefined;
      const job = shared.jobs.get(jobOf(asked));
      if (job === undefined) return undefined;
      job.link.toServer(cancel(asked, jobOf(asked), job.accepted["session_id"]));
      const { request_id } = message.payload;
      const payload = { job_id: jobOf(asked), request_id };
      return [{ ...message, type: "job.cancelled", job_id: jobOf(asked), payload }];
    },
  },
  {
    name: "refused-cancel-works",
    about: "refuses a cancel, and cancels all the same",
    toClient: (message, { shared, requests }) => {
      const asked = requests.get(String(message.payload["request_id"]));
      if (message.type !== "session.error" || asked?.type !== "job.cancel") return;
      const job = shared.jobs.get(jobOf(asked));
      job?.link.toServer(cancel(asked, jobOf(asked), job.accepted["session_id"]));
    },
  },
  {
    name: "foreign-as-denied",
    about: "tells foreign jobs from unknown ones",
    toClient: on(["session.error"], ({ request_id }, message, { shared, requests }) => {
      const asked = requests.get(String(request_id));
      if (asked === undefined || !shared.jobs.has(jobOf(asked))) return undefined;
      return [altered(message, { message: "this job is not yours" })];
    }),
  },
];

function cancel(like: Message, job_id: string, session_id?: unknown): Message {
  const id = `msg_mutant_${job_id}`;
  const session = session_id === undefined ? {} : { session_id };
  return { ...like, ...session, id, type: "job.cancel", job_id, payload: { job_id } };
}
