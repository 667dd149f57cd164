/** Mutants of text, names, limits, starts and ends: what a runtime gets wrong without breaking a message. */
import { Limits } from "../../generated/current/constants.js";
import {
  altered,
  jobOf,
  losing,
  numbered,
  on,
  type Body,
  type Link,
  type Message,
  type Mutant,
} from "./mutant.js";

const submitting = (change: (payload: Body, message: Message) => void) =>
  on(["job.submit"], (payload, message) => change(payload, message));

const refusing = (wrong: (payload: Body) => boolean) =>
  submitting((payload, message) => void (wrong(payload) && (message.type = "session.odd")));

/** Another open connection of the same session. */
function twin(link: Link): Link | undefined {
  return [...link.shared.links].find((l) => l !== link && l.sessionId === link.sessionId);
}

const extended = (names: (link: Link) => Body) =>
  on(["job.event"], (_, message, link) => void (message["extensions"] = names(link)));

/** A job's end in place of what the runtime said of it. */
function ended(message: Message, code: string, final_status: string): Message {
  const payload = { job_id: jobOf(message), code, message: "no", retryable: false, final_status };
  return { ...message, type: "job.error", payload };
}

/** Mutants of sections 4.1, 5.2 to 5.4, 6.3, 7.3, 7.4, 9 and 14. */
export const limitMutants: readonly Mutant[] = [
  { name: "another-path", about: "is served at a path of its own", servesAt: "/elsewhere" },
  {
    name: "tokens-in-urls-pass",
    about: "does not look at what stands in a URL",
    forgets: "query",
  },
  {
    name: "text-in-latin-1",
    about: "writes text in an encoding of its own",
    bytesToClient: (text) => (text.includes("é") ? Buffer.from(text, "latin1") : undefined),
  },
  {
    name: "page-clamped",
    about: "serves the longest page to whoever asks for a longer one",
    toServer: on(["session.list_jobs"], (p) => {
      if (p["limit"] > Limits.listPageMax) p["limit"] = Limits.listPageMax;
    }),
  },
  {
    name: "key-cut",
    about: "cuts a key to what it keeps of it",
    toServer: submitting((p) => {
      const key: unknown = p["idempotency_key"];
      if (typeof key === "string")
        p["idempotency_key"] = key.slice(0, Limits.maxIdempotencyKeyLength);
    }),
  },
  {
    name: "number-rounded",
    about: "rounds a number to one that it can read",
    toServer: on(["job.subscribe"], (p) => {
      const from: unknown = p["from_event_seq"];
      if (typeof from === "number" && !Number.isSafeInteger(from)) p["from_event_seq"] = 0;
    }),
  },
  {
    name: "huge-numbers",
    about: "states numbers that fit in no integer",
    toClient: on(["session.welcome"], (p) => void (p["resume_window_sec"] = 2 ** 70)),
  },
  {
    name: "one-encoding-only",
    about: "refuses a hello that names further encodings",
    toServer: on(["session.hello"], ({ capabilities }, message) => {
      if (capabilities?.["encodings"]?.length > 1) message.type = "session.odd";
    }),
  },
  {
    name: "types-of-its-own",
    about: "sends messages of its own kind",
    toClient: on(["session.welcome"], (_, message) => [
      message,
      { ...message, id: `${message["id"]}x`, type: "acme.greeting", payload: {} },
    ]),
  },
  {
    name: "kinds-of-its-own",
    about: "gives events kinds of its own",
    toClient: on(["job.event"], (p) => void (p["kind"] === "log" && (p["kind"] = "acme.log"))),
  },
  {
    name: "extensions-of-its-own",
    about: "extends messages under names of its own",
    toClient: extended(() => ({ acme: { n: 1 } })),
  },
  {
    name: "token-in-trace-context",
    about: "carries a token in the trace context",
    toClient: extended(({ hello, shared, sessionId = "" }) => {
      const token: unknown = shared.welcomes.get(sessionId)?.payload["resume_token"];
      const tracestate = `t=${String(hello?.payload["auth"]?.["token"] ?? token)}`;
      return { "x-vendor.opentelemetry.tracecontext": { tracestate } };
    }),
  },
  {
    name: "limits-overstated",
    about: "states a larger limit than it keeps",
    toClient: on(["session.welcome"], (p) => {
      p["limits"] = { ...p["limits"], max_frame_bytes: 2 * 1024 * 1024 };
    }),
  },
  {
    name: "few-patterns",
    about: "takes fewer patterns than it has to",
    toServer: refusing((p) => p["lease_request"]?.["fs.read"]?.length > 100),
  },
  {
    name: "short-pages-only",
    about: "refuses pages that it has to give",
    toServer: on(["session.list_jobs"], ({ limit }, message) => {
      if (limit > 100) message.type = "session.odd";
    }),
  },
  {
    name: "events-cut",
    about: "cuts events that are too large",
    toServer: submitting((p) => {
      const steps: Body[] = p["input"]?.["steps"] ?? [];
      for (const step of steps) if (step["pad"] > 100_000) step["pad"] = 1000;
    }),
  },
  {
    name: "old-connection-obeyed",
    about: "executes what comes on the old connection after a resume",
    staysOpen: (_, code) => code === 4009,
    toServer: on(["job.submit"], (_, message, link) => {
      const successor = link.resumed ? undefined : twin(link);
      if (successor === undefined) return undefined;
      successor.toServer(message);
      return false;
    }),
  },
  {
    name: "replies-follow",
    about: "answers on the new connection what the old one had asked",
    staysOpen: (_, code) => code === 4009,
    toClient: on(["session.welcome"], (_, message, link) => {
      const asked = link.resumed ? [...(twin(link)?.requests.values() ?? [])] : [];
      const submits = asked.filter(({ type }) => type === "job.submit");
      return [message, ...submits.map((request) => refusal(message, String(request["id"])))];
    }),
  },
  { name: "never-pings", about: "sends no pings", toClient: losing("session.ping") },
  {
    name: "drops-nobody",
    about: "keeps connections on which nothing lives",
    toClient: on(["session.ping"], ({ nonce }, message, link) => {
      const payload = { ping_nonce: nonce };
      link.toServer({ ...message, id: `${message["id"]}x`, type: "session.pong", payload });
    }),
  },
  {
    name: "pongs-alone-count",
    about: "takes pongs alone for signs of life",
    toClient: on(["session.ping"], (_, __, { memory, closeClient }) => {
      if (memory.get("unanswered") === true) closeClient(1001);
      memory.set("unanswered", true);
    }),
    toServer: on(["session.pong"], (_, __, { memory }) => void memory.delete("unanswered")),
  },
  {
    name: "loss-cancels",
    about: "cancels the jobs of a peer that does not answer",
    toClient: on(["session.ping"], (_, message, link) => {
      for (const job_id of link.jobs) {
        const id = `${message["id"]}x`;
        link.toServer({ ...message, id, type: "job.cancel", payload: { job_id } });
      }
    }),
  },
  {
    name: "starts-twice",
    about: "starts an agent twice",
    toClient: (message, { memory }) => {
      if (!numbered(message)) return undefined;
      const next = () => {
        const seq = Number(memory.get("seq") ?? 0) + 1;
        memory.set("seq", seq);
        return seq;
      };
      const first = { ...message, event_seq: next() };
      if (message.type !== "job.event") return [first];
      return [first, { ...message, id: `${message["id"]}x`, event_seq: next() }];
    },
  },
  {
    name: "limit-from-acceptance",
    about: "counts the time limit from the acceptance",
    toClient: on(["job.result"], (payload, message) =>
      payload["result"] === "in time" ? [ended(message, "TIMEOUT", "timed_out")] : undefined,
    ),
  },
  {
    name: "pending-runs-anyway",
    about: "starts a job that was cancelled while it waited",
    toClient: on(["job.error"], (payload, message, { memory }) => {
      if (payload["code"] !== "CANCELLED" || memory.has("done")) return undefined;
      memory.set("done", true);
      const body = { level: "info", message: "conformance.script@2.0.0" };
      const event = { job_id: jobOf(message), kind: "log", ts: "2026-01-01T00:00:00Z", body };
      return [{ ...message, id: `${message["id"]}x`, type: "job.event", payload: event }, message];
    }),
  },
  {
    name: "cancelled-for-ever",
    about: "never ends a job whose agent does not listen",
    toClient: on(["job.error"], ({ code }) => (code === "CANCELLED" ? false : undefined)),
  },
  {
    name: "patterns-as-expressions",
    about: "takes patterns for regular expressions",
    toServer: submitting((p) => {
      const patterns: unknown = p["lease_request"]?.["fs.read"];
      if (!Array.isArray(patterns)) return;
      p["lease_request"]["fs.read"] = patterns.map((one) => String(one).replace("[0-9]", "*"));
    }),
  },
  {
    name: "spending-limited",
    about: "limits what nobody limited",
    toClient: (message, { memory }) => {
      const { kind, body } = message.payload;
      if (kind === "metric" && String(body?.["name"]).startsWith("cost.")) memory.set("spent", 1);
      if (kind !== "tool_result" || !memory.has("spent")) return undefined;
      const error = { code: "BUDGET_EXHAUSTED", message: "no", retryable: false };
      return [altered(message, { body: { call_id: body["call_id"], error } })];
    },
  },
];

function refusal(welcome: Message, request_id: string): Message {
  const error = { code: "AGENT_NOT_AVAILABLE", message: "no", retryable: false };
  const payload = { ...error, request_id, details: { request_id } };
  return { ...welcome, id: `${request_id}x`, type: "session.error", payload };
}
