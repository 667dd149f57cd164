/** Mutants of a runtime that was killed and started again: what it forgot, and what it makes up. §6.3, §7 */
import { numbered, on, type Body, type Link, type Message, type Mutant } from "./mutant.js";

/** What happens to resumes; whoever spoils the token is refused. */
const resuming = (change: (resume: Body, link: Link) => void) =>
  on(["session.hello"], (payload, _, link) => {
    if (payload["resume"] !== undefined) change(payload["resume"], link);
  });

const spoil = (resume: Body): void => void (resume["resume_token"] = "rt_not_known_any_more");

/** The same, once the runtime was started again. */
const restarted =
  <T>(react: (message: Message, link: Link) => T) =>
  (message: Message, link: Link): T | undefined =>
    link.shared.restarted ? react(message, link) : undefined;

/** A mutant that refuses a resume by the time since the session was last heard of, in windows. */
function windowed(
  name: string,
  about: string,
  over: (windows: number, restarted: boolean) => boolean,
): Mutant {
  return {
    name,
    about,
    toClient: (_, { shared, sessionId }) =>
      void shared.memory.set(`heard of ${sessionId}`, performance.now()),
    toServer: resuming((resume, { shared }) => {
      const id = String(resume["session_id"]);
      const window = Number(shared.welcomes.get(id)?.payload["resume_window_sec"]) * 1000;
      const since = performance.now() - Number(shared.memory.get(`heard of ${id}`));
      if (over(since / window, shared.restarted)) spoil(resume);
    }),
  };
}

/** What a list leaves out, once the runtime was started again. */
const unlisted = (hidden: (row: Body, link: Link) => boolean) =>
  restarted(
    on(["session.jobs"], (payload, _, link) => {
      payload["jobs"] = payload["jobs"].filter((row: Body) => !hidden(row, link));
    }),
  );

/** Mutants that only a check with control of the process can meet. */
export const restartMutants: readonly Mutant[] = [
  {
    name: "session-lost-at-restart",
    about: "keeps its sessions in memory",
    toServer: restarted(resuming(spoil)),
  },
  {
    name: "numbers-begin-again-at-restart",
    about: "numbers from 1 after a restart",
    toClient: restarted((message, link) => {
      if (!numbered(message)) return;
      const count = Number(link.memory.get("count") ?? 0) + 1;
      link.memory.set("count", count);
      message["event_seq"] = count;
    }),
  },
  {
    name: "number-again-after-restart",
    about: "uses a number again with other content",
    toClient: restarted((message) => {
      if (!numbered(message)) return undefined;
      message["event_seq"] = Number(message["event_seq"]) - 1;
      return message["event_seq"] === 0 ? false : undefined;
    }),
  },
  {
    name: "newest-event-lost-at-restart",
    about: "sends an event before it is kept",
    toClient: (message, { shared, sessionId }) => {
      if (!numbered(message)) return undefined;
      const key = `newest of ${sessionId}`;
      if (shared.restarted)
        return shared.memory.get(key) === message["event_seq"] ? false : undefined;
      shared.memory.set(key, message["event_seq"]);
      return undefined;
    },
  },
  {
    name: "newest-job-lost-at-restart",
    about: "accepts a job before it is kept",
    toClient: unlisted((row, { shared }) => row["job_id"] === [...shared.jobs.keys()].at(-1)),
  },
  {
    name: "ended-jobs-lost-at-restart",
    about: "forgets jobs that ended before it was killed",
    toClient: unlisted((row) => row["status"] !== "running" && row["status"] !== "pending"),
  },
  {
    name: "keys-lost-at-restart",
    about: "keeps idempotency keys in memory",
    toServer: restarted(
      on(["job.submit"], (payload) => {
        if ("idempotency_key" in payload) payload["idempotency_key"] += "-again";
      }),
    ),
  },
  {
    name: "crash-is-final",
    about: "says that a job may not be tried again because its process died",
    toClient: restarted(on(["job.error"], (payload) => void (payload["retryable"] = false))),
  },
  {
    name: "crash-not-told",
    about: "never says that a job ended with its process",
    toClient: restarted(on(["job.error"], () => false)),
  },
  {
    name: "starts-again-at-restart",
    about: "starts the agent again that ran when it was killed",
    toClient: restarted((message) => {
      const begun = message.type === "job.event" && message.payload["kind"] === "log";
      return begun ? [message, { ...message, id: `${String(message["id"])}2` }] : undefined;
    }),
  },
  {
    name: "cancel-lost-at-restart",
    about: "acknowledges a cancel before it is kept",
    toClient: restarted(
      on(["job.error"], (payload) => {
        if (payload["final_status"] !== "cancelled") return;
        Object.assign(payload, { final_status: "error", code: "INTERNAL_ERROR", retryable: true });
      }),
    ),
  },
  windowed(
    "window-runs-while-down",
    "counts the time that it was down",
    (windows, again) => again && windows > 1,
  ),
  windowed("window-half-as-long", "forgets a session before its time", (windows) => windows > 0.5),
  windowed("window-is-the-end", "forgets a session with its window", (windows) => windows > 1),
];
