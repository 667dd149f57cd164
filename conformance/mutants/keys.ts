/** Mutants of idempotency keys: which submits are one, and what a session receives that repeats a key. §7.2 */
import {
  altered,
  jobOf,
  numbered,
  on,
  terminal,
  type Body,
  type Link,
  type Message,
  type Mutant,
  type Reaction,
} from "./mutant.js";

const keyOf = ({ payload }: Message): string | undefined => payload["idempotency_key"];

/** What happens to each submit with a key. */
const keyed = (change: (key: string, message: Message, link: Link) => void | false) =>
  on(["job.submit"], (_, message, link) => {
    const key = keyOf(message);
    return key === undefined ? undefined : change(key, message, link);
  });

/** What happens to each submit whose key was sent before, with what it was sent with first. */
const repeated = (change: (first: Body, message: Message, link: Link) => void | false) =>
  keyed((key, message, link) => {
    const { memory } = link.shared;
    const first = memory.get(`first ${key}`) as Body | undefined;
    if (first !== undefined) return change(first, message, link);
    memory.set(`first ${key}`, structuredClone(message.payload));
    return undefined;
  });

/** The request that a message answers. */
const asked = ({ payload }: Message, { requests }: Link) =>
  requests.get(String(payload["request_id"]));

/** A key that was never used instead, so that another job is made. */
function renamed(message: Message, { shared }: Link): void {
  const count = Number(shared.memory.get("renamed") ?? 0) + 1;
  shared.memory.set("renamed", count);
  message.payload["idempotency_key"] = `${keyOf(message)}-${count}`;
}

/** Whether the session of a connection only repeated the key of the job that a message names. */
function retried(message: Message, { shared, sessionId }: Link): boolean {
  const first = shared.jobs.get(jobOf(message))?.first;
  return first !== undefined && first["session_id"] !== sessionId;
}

/** What happens to the acceptance that repeats an earlier one. */
const acceptedAgain = (
  change: (payload: Body, message: Message, link: Link, first: Message) => Reaction,
) =>
  on(["job.accepted"], (payload, message, link) => {
    const first = link.shared.jobs.get(jobOf(message))?.first;
    return first === undefined || first["id"] === message["id"]
      ? undefined
      : change(payload, message, link, first);
  });

/** What happens to events and ends in a session that only repeated the key of their job. */
const toRetry =
  (change: (message: Message, link: Link) => Reaction) => (message: Message, link: Link) =>
    numbered(message) && retried(message, link) ? change(message, link) : undefined;

const isConflict = ({ type, payload }: Message) =>
  type === "session.error" && payload["code"] === "DUPLICATE_KEY";

/** The job that was accepted for a key. */
const jobOfKey = (key: string, { jobs }: Link["shared"]) =>
  [...jobs].find(([, { accepted, link }]) => {
    const submit = asked(accepted, link);
    return submit !== undefined && keyOf(submit) === key;
  });

const refusal = (message: Message, link: Link, code: string): Message => {
  const request_id = message["id"];
  const payload = { code, message: "no", retryable: false, request_id, details: { request_id } };
  return {
    ...message,
    id: `${request_id}x`,
    type: "session.error",
    payload,
    session_id: link.sessionId,
  };
};

/** Mutants of section 7.2. */
export const keyMutants: readonly Mutant[] = [
  {
    name: "repeat-names-another-job",
    about: "answers a repeated key with an id of its own",
    toClient: acceptedAgain((_, message) => {
      const job_id = `${jobOf(message).slice(0, -4)}0000`;
      return [altered(message, { job_id }, { job_id })];
    }),
  },
  {
    name: "any-key-will-do",
    about: "takes all keys for one",
    toServer: keyed((_, { payload }, { shared }) => {
      const one = (shared.memory.get("one") as string | undefined) ?? payload["idempotency_key"];
      shared.memory.set("one", one);
      payload["idempotency_key"] = one;
    }),
  },
  {
    name: "keys-refused",
    about: "serves no keys, and says so",
    toServer: keyed((_, message, link) => {
      link.toClient(refusal(message, link, "INVALID_REQUEST"));
      return false;
    }),
  },
  {
    name: "keys-per-session",
    about: "knows a key in its own session only",
    toServer: keyed((key, { payload }, { sessionId }) => {
      payload["idempotency_key"] = `${key}-${sessionId}`;
    }),
  },
  {
    name: "keys-per-connection",
    about: "knows a key on its own connection only",
    toServer: repeated((_, message, link) => {
      if (link.resumed) renamed(message, link);
    }),
  },
  {
    name: "keys-shared",
    about: "answers a key with the job of whoever used it",
    toServer: keyed((key, message, link) => {
      const entry = jobOfKey(key, link.shared);
      const auth = (id: unknown) => JSON.stringify(link.shared.auths.get(String(id)));
      if (entry === undefined) return undefined;
      const { first } = entry[1];
      if (auth(first["session_id"]) === auth(link.sessionId)) return undefined;
      link.toClient(altered(first, { request_id: message["id"] }, { session_id: link.sessionId }));
      return false;
    }),
  },
  {
    name: "keys-noted-late",
    about: "looks for a key among the jobs that were accepted already",
    toServer: repeated((_, message, link) => {
      if (jobOfKey(String(keyOf(message)), link.shared) === undefined) renamed(message, link);
    }),
  },
  {
    name: "keys-end-with-jobs",
    about: "forgets a key when its job ends",
    toServer: repeated((_, message, link) => {
      const entry = jobOfKey(String(keyOf(message)), link.shared);
      if (entry !== undefined && link.shared.memory.has(`ended ${entry[0]}`))
        renamed(message, link);
    }),
    toClient: (message, { shared }) =>
      void (terminal(message) && shared.memory.set(`ended ${jobOf(message)}`, true)),
  },
  {
    name: "few-keys-kept",
    about: "keeps the newest keys only",
    toServer: keyed((key, message, link) => {
      const kept = (link.shared.memory.get("kept") as Set<string> | undefined) ?? new Set();
      link.shared.memory.set("kept", kept);
      if ([...kept].slice(0, -16).includes(key)) renamed(message, link);
      kept.add(key);
    }),
  },
  {
    name: "refused-submits-take-keys",
    about: "keeps the key of a submit that it refused",
    toServer: keyed((key, message, link) => {
      if (!link.shared.memory.has(`refused ${key}`)) return undefined;
      link.toClient(refusal(message, link, "DUPLICATE_KEY"));
      return false;
    }),
    toClient: (message, link) => {
      const submit = message.type === "session.error" ? asked(message, link) : undefined;
      const key = submit === undefined ? undefined : keyOf(submit);
      if (key !== undefined) link.shared.memory.set(`refused ${key}`, true);
    },
  },
  {
    name: "parameters-ignored",
    about: "compares nothing but the key",
    toServer: repeated((first, message) => void (message.payload = first)),
  },
  {
    name: "input-only-compared",
    about: "compares nothing but the key and the input",
    toServer: repeated((first, message) => {
      message.payload = { ...first, input: message.payload["input"] };
    }),
  },
  {
    name: "order-of-members-counts",
    about: "compares the text of the input",
    toServer: repeated((first, { payload }) => {
      const same = JSON.stringify(payload["input"]) === JSON.stringify(first["input"]);
      if (!same) payload["max_runtime_sec"] = 7;
    }),
  },
  {
    name: "duplicate-as-invalid",
    about: "refuses a conflict with another code",
    toClient: (message) =>
      void (isConflict(message) && (message.payload["code"] = "INVALID_REQUEST")),
  },
  {
    name: "conflict-ends-original",
    about: "ends the job whose key was used for something else",
    toClient: (message, link) => {
      const submit = isConflict(message) ? asked(message, link) : undefined;
      const entry = submit && jobOfKey(String(keyOf(submit)), link.shared);
      if (entry === undefined) return;
      const [job_id, { link: at }] = entry;
      const payload = { ...message.payload, job_id, final_status: "error" };
      const envelope = { type: "job.error", job_id, session_id: at.sessionId, event_seq: 99 };
      at.toClient({ ...message, ...envelope, id: `${message["id"]}x`, payload });
    },
  },
  {
    name: "conflict-frees-key",
    about: "gives a key up on account of a conflict",
    toServer: repeated((_, message, link) => {
      if (link.shared.memory.has(`freed ${keyOf(message)}`)) renamed(message, link);
    }),
    toClient: (message, link) => {
      const submit = isConflict(message) ? asked(message, link) : undefined;
      if (submit !== undefined) link.shared.memory.set(`freed ${keyOf(submit)}`, true);
    },
  },
  {
    name: "conflict-delivers",
    about: "delivers a job to a session that was refused it",
    toClient: (message, link) => {
      const { memory } = link.shared;
      const submit = isConflict(message) ? asked(message, link) : undefined;
      const entry = submit && jobOfKey(String(keyOf(submit)), link.shared);
      if (entry !== undefined) memory.set(`curious ${entry[0]}`, link);
      const curious = memory.get(`curious ${jobOf(message)}`) as Link | undefined;
      if (!numbered(message) || curious === undefined || curious === link) return;
      curious.toClient({ ...message, session_id: curious.sessionId });
    },
  },
  {
    name: "repeat-answers-first-request",
    about: "repeats the whole answer, as it named the first request",
    toClient: acceptedAgain((payload, _, __, first) => {
      payload["request_id"] = first.payload["request_id"];
    }),
  },
  {
    name: "repeat-with-new-time",
    about: "states the time of the repeated submit",
    toClient: acceptedAgain((payload) => {
      payload["accepted_at"] = new Date(Date.parse(payload["accepted_at"]) + 5).toISOString();
    }),
  },
  {
    name: "repeat-with-own-trace",
    about: "states the trace of the repeated submit",
    toClient: acceptedAgain((payload, message, link) => {
      payload["trace_id"] = asked(message, link)?.["trace_id"] ?? payload["trace_id"];
    }),
  },
  {
    name: "repeat-replays",
    about: "sends everything once more to a session that has it",
    toClient: (message, link) => {
      const sent: Message[] = link.memory.get(`sent ${jobOf(message)}`) ?? [];
      if (message.type === "job.accepted")
        return sent.length === 0 ? undefined : [message, ...sent];
      if (message.type === "job.event") {
        link.memory.set(`sent ${jobOf(message)}`, [...sent, structuredClone(message)]);
      }
      return undefined;
    },
  },
  {
    name: "repeat-without-end",
    about: "tells an end once for each session",
    toClient: (message, { memory }) => {
      if (!terminal(message)) return undefined;
      const told = memory.has(`end ${jobOf(message)}`);
      memory.set(`end ${jobOf(message)}`, true);
      return told ? false : undefined;
    },
  },
  {
    name: "retry-is-deaf",
    about: "delivers nothing to a session that repeated a key",
    toClient: toRetry((message) => (message.type === "job.event" ? false : undefined)),
  },
  {
    name: "retry-without-end",
    about: "does not tell the end to a session that repeated a key",
    toClient: toRetry((message) => (terminal(message) ? false : undefined)),
  },
  {
    name: "retry-ends-otherwise",
    about: "tells another end to a session that repeated a key",
    toClient: toRetry(({ type, payload }) => {
      if (type !== "job.event") payload["completed_at"] = new Date().toISOString();
    }),
  },
  {
    name: "retry-gets-end-twice",
    about: "tells the end twice to a session that repeated a key",
    toClient: toRetry((message) => (terminal(message) ? [message, message] : undefined)),
  },
  {
    name: "retry-robs-the-owner",
    about: "delivers a job to the session that asked last, and to no other",
    toClient: (message, { shared, sessionId }) => {
      if (!numbered(message)) return undefined;
      const last = shared.jobs.get(jobOf(message))?.accepted["session_id"] ?? sessionId;
      return last === sessionId ? undefined : false;
    },
  },
  {
    name: "retry-starts-again",
    about: "starts the agent once more when a key is repeated",
    toClient: (message, link) => {
      const { memory } = link.shared;
      const name = `started ${jobOf(message)}`;
      const start = memory.get(name) as { at: Link; event: Message } | undefined;
      if (message.type === "job.event" && start === undefined) {
        memory.set(name, { at: link, event: structuredClone(message) });
      }
      if (message.type === "job.accepted" && start !== undefined) start.at.toClient(start.event);
    },
  },
  {
    name: "retry-keeps-numbers",
    about: "sends a job's events with the numbers of the session that submitted it",
    toClient: toRetry((message) => void (message["event_seq"] = Number(message["event_seq"]) + 1)),
  },
  {
    name: "retry-gets-chunks-late",
    about: "sends the chunks already made behind what comes live",
    toClient: toRetry((message, { memory }) => {
      const held: Message[] = memory.get("held") ?? [];
      const isChunk = message.payload["kind"] === "result_chunk";
      memory.set("held", isChunk ? [...held, message] : []);
      return isChunk ? false : [message, ...held];
    }),
  },
  {
    name: "retry-lacks-old-chunks",
    about: "sends none of the chunks that were made before",
    toClient: toRetry(({ payload }) =>
      payload["kind"] === "result_chunk" && payload["body"].chunk_seq === 0 ? false : undefined,
    ),
  },
  {
    name: "retry-lost-on-resume",
    about: "forgets at a resume what the session received on account of a key",
    toClient: toRetry((_, { resumed }) => (resumed ? false : undefined)),
  },
  {
    name: "retry-may-not-cancel",
    about: "refuses a cancel from a session that repeated the key",
    toServer: on(["job.cancel"], (_, message, link) => {
      if (!retried(message, link)) return undefined;
      link.toClient(refusal(message, link, "PERMISSION_DENIED"));
      return false;
    }),
  },
  {
    name: "retry-gets-id-alone",
    about: "assembles nothing for a session that takes no chunks",
    toClient: toRetry(({ type, payload }) => {
      if (type !== "job.result") return;
      delete payload["result"];
      payload["result_id"] ??= "res_01M83VVAE0FAFBSYZN77Q7V85Q";
    }),
  },
  {
    name: "retry-too-large-fails",
    about: "fails a job for a session that its result is too large for",
    toClient: toRetry((message) => {
      if (message.type !== "job.result" || message.payload["result_id"] === undefined) return;
      const { result_id: _, result_size: __, ...rest } = message.payload;
      const error = { code: "INTERNAL_ERROR", message: "too large", retryable: false };
      return [
        { ...message, type: "job.error", payload: { ...rest, ...error, final_status: "error" } },
      ];
    }),
  },
];
