/** Mutants of subscriptions. §7.6 */
import {
  altered,
  jobOf,
  losing,
  numbered,
  on,
  terminal,
  without,
  type Body,
  type Link,
  type Message,
  type Mutant,
} from "./mutant.js";

const asking = (change: (payload: Body, link: Link) => void) =>
  on(["job.subscribe"], (payload, _, link) => change(payload, link));

/** The jobs that a session subscribed to, which outlive its connections. */
const watchedBy = ({ shared, sessionId }: Link): Set<string> => {
  const key = `watched by ${sessionId}`;
  const known = (shared.memory.get(key) as Set<string> | undefined) ?? new Set<string>();
  shared.memory.set(key, known);
  return known;
};

/** Changes the frames of jobs that the session only looks on at. */
const forwarded =
  (change: (message: Message, link: Link) => ReturnType<NonNullable<Mutant["toClient"]>>) =>
  (message: Message, link: Link) => {
    if (message.type === "job.subscribed") watchedBy(link).add(jobOf(message));
    if (!numbered(message) || !watchedBy(link).has(jobOf(message))) return undefined;
    return change(message, link);
  };

/** Mutants of section 7.6. */
export const watchMutants: readonly Mutant[] = [
  {
    name: "drop-subscribed",
    about: "subscribes without a word",
    toClient: losing("job.subscribed"),
  },
  {
    name: "history-before-subscribed",
    about: "sends the first event before the answer",
    toClient: (message, { memory }) => {
      if (message.type === "job.subscribed") {
        memory.set("held", message);
        return false;
      }
      const held = memory.get("held") as Message | undefined;
      if (held === undefined || message.type !== "job.event") return undefined;
      memory.delete("held");
      return [message, held];
    },
  },
  {
    name: "history-after-live",
    about: "sends the first event of the history last",
    toClient: forwarded((message, { memory }) => {
      if (!memory.has("first")) {
        memory.set("first", message);
        return false;
      }
      return terminal(message) ? [memory.get("first") as Message, message] : undefined;
    }),
  },
  {
    name: "history-skips-one",
    about: "leaves out an event of the history",
    toClient: forwarded((message) =>
      message.type === "job.event" && message["event_seq"] === 2 ? false : undefined,
    ),
  },
  {
    name: "history-ignored",
    about: "tells live events only",
    toServer: asking((payload) => void delete payload["history"]),
  },
  {
    name: "history-always",
    about: "sends the history whether it was asked for or not",
    toServer: asking((p) => void Object.assign(p, { history: true, from_event_seq: 0 })),
  },
  {
    name: "history-from-the-beginning",
    about: "takes a from_event_seq that is not named for 0",
    toServer: asking((p) => void Object.assign(p, { from_event_seq: p["from_event_seq"] ?? 0 })),
  },
  {
    name: "forwarded-with-owners-numbers",
    about: "forwards events with the number that they have where the job was submitted",
    toClient: forwarded((message) => {
      message["event_seq"] = message.payload["origin_seq"] ?? message["event_seq"];
    }),
  },
  {
    name: "no-origin-seq",
    about: "forwards events without origin_seq",
    toClient: without(["job.event"], "origin_seq"),
  },
  {
    name: "origin-is-own-number",
    about: "puts the subscriber's number into origin_seq",
    toClient: forwarded((message) => {
      if (message.type === "job.event") message.payload["origin_seq"] = message["event_seq"];
    }),
  },
  {
    name: "subscribers-terminal-differs",
    about: "makes another end for each session",
    toClient: forwarded((message) => {
      if (terminal(message)) message.payload["completed_at"] = "2001-01-01T00:00:00.000Z";
    }),
  },
  {
    name: "from-ignored",
    about: "replays all, whatever from_event_seq says",
    toServer: asking((payload) => {
      if ("from_event_seq" in payload) payload["from_event_seq"] = 0;
    }),
  },
  {
    name: "from-off-by-one",
    about: "takes from_event_seq for the first number that is wanted",
    toServer: asking((payload) => {
      if (payload["from_event_seq"] > 0) payload["from_event_seq"] -= 1;
    }),
  },
  {
    name: "beyond-is-all",
    about: "takes a from_event_seq that it does not know for 0",
    toServer: asking((payload) => {
      if (payload["from_event_seq"] > 0) payload["from_event_seq"] = 0;
    }),
  },
  {
    name: "subscribed-from-zero",
    about: "states subscribed_from in the subscriber's numbers",
    toClient: on(["job.subscribed"], (payload) => void (payload["subscribed_from"] = 0)),
  },
  {
    name: "unknown-as-invalid",
    about: "answers a subscribe to an unknown job with INVALID_REQUEST",
    toClient: on(["session.error"], ({ code }, message) =>
      code === "JOB_NOT_FOUND" ? [altered(message, { code: "INVALID_REQUEST" })] : undefined,
    ),
  },
  {
    name: "foreign-subscribe-works",
    about: "lets anybody look at any job",
    toClient: (message, link) => {
      const asked = link.requests.get(String(message.payload["request_id"]));
      if (message.type === "session.error" && asked?.type === "job.subscribe") {
        link.memory.set(`sees ${jobOf(asked)}`, true);
      }
      if (!numbered(message)) return;
      for (const other of link.shared.links) {
        if (other !== link && other.memory.has(`sees ${jobOf(message)}`)) other.toClient(message);
      }
    },
  },
  {
    name: "delivers-for-each-subscribe",
    about: "delivers a job as often as it was subscribed to",
    toClient: (message, { memory }) => {
      if (message.type === "job.subscribed") memory.set("count", (memory.get("count") ?? 0) + 1);
      if (message.type === "job.accepted") memory.set("count", (memory.get("count") ?? 0) + 1);
      if (message.type !== "job.event" || (memory.get("count") ?? 0) < 2) return undefined;
      return [message, { ...message, id: `${String(message["id"])}2` }];
    },
  },
  {
    name: "drop-unsubscribe",
    about: "goes on after job.unsubscribe",
    toServer: losing("job.unsubscribe"),
  },
  {
    name: "unsubscribe-deafens-all",
    about: "withholds a job from its submitter after job.unsubscribe",
    toServer: on(
      ["job.unsubscribe"],
      (_, message, { memory }) => void memory.set("deaf", jobOf(message)),
    ),
    toClient: (message, { memory }) =>
      message.type === "job.event" && memory.get("deaf") === jobOf(message) ? false : undefined,
  },
  {
    name: "subscribed-without-authority",
    about: "does not say what the job may do and spend",
    toClient: without(["job.subscribed"], "lease_constraints", "budget"),
  },
  {
    name: "subscribed-with-first-budget",
    about: "states the budget that the job began with",
    toClient: on(["job.subscribed"], (payload, message, { shared }) => {
      const first = shared.jobs.get(jobOf(message))?.accepted.payload["budget"];
      if (first !== undefined) payload["budget"] = first;
    }),
  },
  {
    name: "subscription-lost-at-resume",
    about: "ends subscriptions with the connection",
    toClient: forwarded((_, { resumed }) => (resumed ? false : undefined)),
  },
  {
    name: "subscription-lost-at-restart",
    about: "keeps subscriptions in memory",
    toClient: forwarded((_, { resumed, shared }) =>
      resumed && shared.restarted ? false : undefined,
    ),
  },
  {
    name: "origins-lost-at-restart",
    about: "forgets the numbers of the submitting session",
    toClient: forwarded((message, { shared }) => {
      if (shared.restarted && message.type === "job.event") delete message.payload["origin_seq"];
    }),
  },
];
