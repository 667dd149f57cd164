/** Mutants of events, numbers, chunks, leases and errors. §8, §9, §12 */
import {
  altered,
  jobOf,
  numbered,
  on,
  without,
  type Body,
  type Link,
  type Message,
  type Mutant,
} from "./mutant.js";

const faults = ["session.error", "job.error"];
const replies = [
  "job.accepted",
  "job.cancelled",
  "session.jobs",
  "session.closed",
  "session.error",
];

const kind = (
  wanted: string,
  change: (body: Body, message: Message, payload: Body) => void | false,
) =>
  on(["job.event"], (payload, message) =>
    payload["kind"] === wanted ? change(payload["body"], message, payload) : undefined,
  );

const code = (from: string, to: string) =>
  on(faults, (payload) => void (payload["code"] === from && (payload["code"] = to)));

const reseq = (change: (seq: number) => number) => (message: Message) =>
  void (numbered(message) && (message["event_seq"] = change(Number(message["event_seq"]))));

/** Holds the first message that `wanted` picks on a connection until the next numbered one has gone. */
const late =
  (wanted: (message: Message) => boolean): NonNullable<Mutant["toClient"]> =>
  (message, { memory }) => {
    const held: Message | undefined = memory.get("held");
    if (held === undefined && !memory.has("done") && wanted(message)) {
      memory.set("held", message);
      return false;
    }
    if (held === undefined || !numbered(message)) return undefined;
    memory.delete("held");
    memory.set("done", true);
    return [message, held];
  };

/** Answers an operation of the script agent otherwise: by its target and the patterns of its namespace. */
const operation =
  (answer: (target: string, patterns: readonly string[]) => boolean | undefined) =>
  (message: Message, { requests, shared }: Link): void => {
    const { kind: event, body } = message.payload;
    if (message.type !== "job.event" || event !== "tool_result") return;
    const accepted = shared.jobs.get(jobOf(message))?.accepted.payload["request_id"];
    const submit = requests.get(String(accepted))?.payload;
    const step = submit?.["input"]?.steps?.find((s: Body) => s["call_id"] === body?.call_id);
    if (step === undefined) return;
    const patterns: readonly string[] = submit?.["lease_request"]?.[step.namespace] ?? [];
    const allowed = answer(String(step.target), patterns);
    if (allowed === undefined) return;
    const error = { code: "PERMISSION_DENIED", message: "no", retryable: false };
    const outcome = allowed ? { result: { authorized: true } } : { error };
    message.payload["body"] = { call_id: body.call_id, ...outcome };
  };

/** Mutants of sections 8, 9 and 12. */
export const eventMutants: readonly Mutant[] = [
  { name: "event-without-ts", about: "leaves ts away", toClient: without(["job.event"], "ts") },
  { name: "drop-thoughts", about: "loses thoughts", toClient: kind("thought", () => false) },
  { name: "drop-progress", about: "loses progress", toClient: kind("progress", () => false) },
  {
    name: "drop-tool-results",
    about: "loses tool results",
    toClient: kind("tool_result", () => false),
  },
  {
    name: "bodies-altered",
    about: "changes bodies",
    toClient: kind("metric", (body) => void (body["value"] += 1)),
  },
  {
    name: "tool-result-with-both",
    about: "sends result and error at once",
    toClient: kind("tool_result", (body) => {
      body["result"] ??= null;
      body["error"] ??= { code: "INTERNAL_ERROR", message: "no", retryable: true };
    }),
  },
  { name: "seq-from-zero", about: "begins to number at 0", toClient: reseq((seq) => seq - 1) },
  {
    name: "seq-gap",
    about: "leaves a number out",
    toClient: reseq((seq) => (seq > 5 ? seq + 1 : seq)),
  },
  {
    name: "seq-twice",
    about: "uses a number twice",
    toClient: reseq((seq) => (seq === 7 ? 6 : seq)),
  },
  {
    name: "seq-per-job",
    about: "numbers each job by itself",
    toClient: (message, { memory }) => {
      if (!numbered(message)) return;
      const seq = Number(memory.get(jobOf(message)) ?? 0) + 1;
      memory.set(jobOf(message), seq);
      message["event_seq"] = seq;
    },
  },
  {
    name: "bodies-swapped",
    about: "numbers events in another order than they were made",
    toClient: kind("log", (body) => {
      const other: Record<string, string> = { "burst 1": "burst 2", "burst 2": "burst 1" };
      body["message"] = other[body["message"]] ?? body["message"];
    }),
  },
  {
    name: "events-swapped",
    about: "sends events in another order than their numbers",
    toClient: late(({ type }) => type === "job.event"),
  },
  {
    name: "chunks-swapped",
    about: "sends chunks in the wrong order",
    toClient: late(({ payload }) => payload["kind"] === "result_chunk"),
  },
  {
    name: "chunk-numbers-from-one",
    about: "numbers chunks from 1",
    toClient: kind("result_chunk", (body) => void (body["chunk_seq"] += 1)),
  },
  {
    name: "chunk-lost",
    about: "loses a chunk",
    toClient: kind("result_chunk", (body) => (body["chunk_seq"] === 1 ? false : undefined)),
  },
  {
    name: "chunks-as-text",
    about: "calls bytes text",
    toClient: kind("result_chunk", (body) => void (body["encoding"] = "utf8")),
  },
  {
    name: "more-for-ever",
    about: "never says that a chunk is the last",
    toClient: kind("result_chunk", (body) => void (body["more"] = true)),
  },
  {
    name: "more-never",
    about: "says of every chunk that it is the last",
    toClient: kind("result_chunk", (body) => void (body["more"] = false)),
  },
  {
    name: "terminal-without-result-id",
    about: "does not name the streamed result",
    toClient: without(["job.result"], "result_id"),
  },
  {
    name: "chunks-of-another-result",
    about: "names another result in its chunks",
    toClient: kind("result_chunk", (body) => void (body["result_id"] += "x")),
  },
  {
    name: "result-size-wrong",
    about: "states a wrong size",
    toClient: on(["job.result"], (p) => void ("result_size" in p && (p["result_size"] += 1))),
  },
  {
    name: "inline-too",
    about: "sends the streamed result inline too",
    toClient: on(["job.result"], (p) => void ("result_id" in p && (p["result"] = "again"))),
  },
  {
    name: "allows-everything",
    about: "does not check the lease",
    toClient: kind("tool_result", (_, __, payload) => {
      payload["body"] = { call_id: payload["body"]["call_id"], result: { authorized: true } };
    }),
  },
  {
    name: "denies-everything",
    about: "finds nothing covered",
    toClient: kind("tool_result", (_, __, payload) => {
      const error = { code: "PERMISSION_DENIED", message: "no", retryable: false };
      payload["body"] = { call_id: payload["body"]["call_id"], error };
    }),
  },
  {
    name: "urls-as-text",
    about: "compares a URL with a pattern as one text",
    toClient: operation((target, patterns) =>
      patterns.some((pattern) => target.startsWith(pattern.split("*")[0] as string))
        ? true
        : undefined,
    ),
  },
  {
    name: "urls-with-queries",
    about: "compares the query, and takes a URL as it is written",
    toClient: operation((target) =>
      /^\w+:/.test(target) && (target.includes("?") || /[A-Z]/.test(target)) ? false : undefined,
    ),
  },
  {
    name: "stars-cross-dots",
    about: "lets a star in a host stand for several labels",
    toClient: operation((target, patterns) =>
      patterns.some((pattern) => {
        const [front, back] = pattern.replace("/**", "/").split("*");
        return back !== undefined && target.startsWith(front as string) && target.includes(back);
      })
        ? true
        : undefined,
    ),
  },
  {
    name: "denied-otherwise",
    about: "denies with another code",
    toClient: kind(
      "tool_result",
      ({ error }) => void (error && (error["code"] = "INVALID_REQUEST")),
    ),
  },
  {
    name: "denial-ends-job",
    about: "ends a job whose operation was denied",
    toClient: (message, { memory }) => {
      const gone = `gone ${jobOf(message)}`;
      if (memory.has(gone) && numbered(message)) return false;
      if (message.payload["body"]?.["error"] === undefined) return undefined;
      memory.set(gone, true);
      const payload = {
        code: "PERMISSION_DENIED",
        message: "no",
        retryable: false,
        final_status: "error",
      };
      return [message, { ...message, type: "job.error", payload }];
    },
  },
  {
    name: "drop-session-error",
    about: "answers nothing instead of an error",
    toClient: on(["session.error"], () => false),
  },
  {
    name: "close-after-error",
    about: "ends the session after an error",
    toClient: on(["session.error"], (_, message, link) => {
      if (link.sessionId === undefined) return;
      link.toClient(message);
      link.closeClient(1008);
    }),
  },
  {
    name: "invalid-as-internal",
    about: "takes bad input for its own fault",
    toClient: code("INVALID_REQUEST", "INTERNAL_ERROR"),
  },
  {
    name: "unauthenticated-as-invalid",
    about: "takes a wrong token for bad input",
    toClient: code("UNAUTHENTICATED", "INVALID_REQUEST"),
  },
  {
    name: "agent-missing-as-version",
    about: "takes an unknown agent for an unknown version",
    toClient: code("AGENT_NOT_AVAILABLE", "AGENT_VERSION_NOT_AVAILABLE"),
  },
  {
    name: "version-missing-as-agent",
    about: "takes an unknown version for an unknown agent",
    toClient: code("AGENT_VERSION_NOT_AVAILABLE", "AGENT_NOT_AVAILABLE"),
  },
  {
    name: "invalid-as-agent-missing",
    about: "takes an ill-formed name for an unknown agent",
    toClient: code("INVALID_REQUEST", "AGENT_NOT_AVAILABLE"),
  },
  {
    name: "not-found-as-denied",
    about: "admits that a job exists",
    toClient: code("JOB_NOT_FOUND", "PERMISSION_DENIED"),
  },
  {
    name: "codes-of-its-own",
    about: "sends codes of its own",
    toClient: code("INVALID_REQUEST", "BAD_REQUEST"),
  },
  {
    name: "retryable-flipped",
    about: "states the opposite of retryable",
    toClient: on(faults, (payload) => void (payload["retryable"] = payload["retryable"] !== true)),
  },
  {
    name: "error-without-retryable",
    about: "leaves retryable away",
    toClient: without(faults, "retryable"),
  },
  {
    name: "error-without-message",
    about: "leaves the message away",
    toClient: without(faults, "message"),
  },
  { name: "no-details", about: "leaves details away", toClient: without(faults, "details") },
  {
    name: "bare-errors",
    about: "says nothing about what is wrong",
    toClient: on(["session.error"], ({ request_id }, message) => [
      altered(message, { message: "no", details: { request_id } }),
    ]),
  },
  {
    name: "errors-echo",
    about: "repeats what it refuses",
    toClient: on(["session.error"], (payload, message, { hello, sessionId }) => {
      if (sessionId !== undefined) return undefined;
      return [
        altered(message, {
          message: `${payload["message"]}: ${JSON.stringify(hello?.payload["auth"])}`,
        }),
      ];
    }),
  },
  {
    name: "no-request-id",
    about: "does not say which request it answers",
    toClient: on(replies, (payload) => {
      delete payload["request_id"];
      delete payload["details"]?.["request_id"];
    }),
  },
  {
    name: "wrong-request-id",
    about: "names another request",
    toClient: on(replies, (payload) => {
      if (payload["request_id"] !== undefined) payload["request_id"] = "msg_other";
      if (payload["details"]?.["request_id"]) payload["details"]["request_id"] = "msg_other";
    }),
  },
];
