/** Mutants of transport, envelope and encoding. §4, §5 */
import { PROTOCOL_VERSION } from "../../generated/current/constants.js";
import { altered, numbered, on, type Message, type Mutant } from "./mutant.js";

const jobMessages = ["job.event", "job.result", "job.error", "job.accepted", "job.cancelled"];

function each(change: (message: Message) => void): (message: Message) => void {
  return (message) => change(message);
}

/** Mutants of sections 4 and 5. */
export const wireMutants: readonly Mutant[] = [
  {
    name: "binary-replies",
    about: "answers in binary frames",
    asBinary: ({ type }) => type === "session.pong" || type === "session.jobs",
  },
  {
    name: "two-in-one-frame",
    about: "writes two messages into one frame",
    textToClient: (text, { type }) => (type === "job.event" ? `${text}\n${text}` : text),
  },
  { name: "swallow-binary", about: "ignores binary frames", swallowBinary: true },
  {
    name: "swallow-large",
    about: "ignores messages that are too large",
    textToServer: (text) => (text.length > 1_000_000 ? undefined : text),
  },
  { name: "close-code-1000", about: "closes with 1000 whatever happened", closeCode: () => 1000 },
  {
    name: "needs-subprotocol",
    about: "refuses connections that ask for no subprotocol",
    refuses: (headers) => (headers["sec-websocket-protocol"] === undefined ? 400 : undefined),
  },
  { name: "any-origin", about: "does not look at Origin", forgets: "origin" },
  { name: "any-host", about: "does not look at Host", forgets: "host" },
  {
    name: "times-of-its-own",
    about: "writes times in local form",
    toClient: each(({ payload }) => void ("ts" in payload && (payload["ts"] = "23.11.2026 10:00"))),
  },
  {
    name: "no-id",
    about: "leaves id away",
    toClient: each((message) => void (numbered(message) && delete message["id"])),
  },
  {
    name: "no-arcp",
    about: "leaves arcp away",
    toClient: each((message) => void (numbered(message) && delete message["arcp"])),
  },
  {
    name: "arcp-one",
    about: 'says "1" to everybody',
    toClient: each((message) => void (message["arcp"] = "1")),
  },
  {
    name: "arcp-always-1.1",
    about: "says its own version to everybody",
    toClient: each((message) => void (message["arcp"] = PROTOCOL_VERSION)),
  },
  {
    name: "refuse-other-minor",
    about: "knows its own minor version only",
    toServer: each(
      (message) => void (message["arcp"] !== PROTOCOL_VERSION && (message["arcp"] = "9.9")),
    ),
  },
  {
    name: "accept-any-version",
    about: "does not look at arcp",
    toServer: each((message) => void (message["arcp"] = PROTOCOL_VERSION)),
  },
  {
    name: "same-id",
    about: "uses one id for all events",
    toClient: each((message) => void (numbered(message) && (message["id"] = "msg_same"))),
  },
  {
    name: "uuid-ids",
    about: "makes ids of another form",
    toClient: (message, { memory }) => {
      const count = Number(memory.get("count") ?? 0) + 1;
      memory.set("count", count);
      message["id"] = `b8e0c2aa-0000-4000-8000-${String(count).padStart(12, "0")}`;
    },
  },
  {
    name: "ids-shrink",
    about: "makes ids that do not grow",
    toClient: (message, { memory }) => {
      const count = Number(memory.get("count") ?? 999) - 1;
      memory.set("count", count);
      message["id"] = `msg_01M8316000000000000000${String(count).padStart(4, "0")}`;
    },
  },
  {
    name: "short-ids-only",
    about: "cuts long ids",
    toServer: each((message) => void (message["id"] = String(message["id"]).slice(0, 64))),
  },
  {
    name: "no-session-id",
    about: "leaves session_id away",
    toClient: each(
      (message) => void (message.type !== "session.welcome" && delete message["session_id"]),
    ),
  },
  {
    name: "wrong-session-id",
    about: "sends another session_id",
    toClient: each(
      (message) =>
        void (message.type !== "session.welcome" && (message["session_id"] = "sess_wrong")),
    ),
  },
  {
    name: "session-id-required",
    about: "insists on session_id",
    toServer: (message, { sessionId }) => {
      if (sessionId !== undefined) message["session_id"] ??= "sess_missing";
    },
  },
  {
    name: "session-id-ignored",
    about: "does not look at session_id",
    toServer: (message, { sessionId }) => {
      if (sessionId !== undefined) delete message["session_id"];
    },
  },
  {
    name: "seq-on-replies",
    about: "numbers everything",
    toClient: each((message) => void (message["event_seq"] ??= 1)),
  },
  {
    name: "seq-missing",
    about: "does not number the ends of jobs",
    toClient: on(["job.result", "job.error"], (_, message) => void delete message["event_seq"]),
  },
  {
    name: "no-job-id-in-envelope",
    about: "writes job_id into the payload only",
    toClient: on(jobMessages, (payload, message) => {
      payload["job_id"] ??= message["job_id"];
      delete message["job_id"];
    }),
  },
  {
    name: "no-job-id-in-payload",
    about: "writes job_id into the envelope only",
    toClient: on(jobMessages, (payload, message) => {
      message["job_id"] ??= payload["job_id"];
      delete payload["job_id"];
    }),
  },
  {
    name: "shrink-hello",
    about: "takes a first message of any size",
    toServer: on(["session.hello"], (payload) => {
      if (String(payload["pad"]).length > 60_000) payload["pad"] = "";
    }),
  },
  {
    name: "refuse-unknown-members",
    about: "refuses members that it does not know",
    toServer: (message) => {
      if (message["future_member"] || message.payload["future_member"])
        message.type = "session.odd";
    },
  },
  {
    name: "refuse-vendor-types",
    about: "takes a vendor's type for an error",
    toServer: each(
      (message) => void (message.type = message.type.replace(/^x-vendor\./, "vendor.")),
    ),
  },
  {
    name: "proto-merges",
    about: "copies __proto__ like any member",
    textToServer: (text) =>
      text.includes('"payload":{"__proto__":')
        ? text.replace('"payload":{"__proto__":', '"payload":').slice(0, -1)
        : text,
  },
  {
    name: "drop-vendor-kinds",
    about: "loses events of a vendor's kind",
    toClient: on(["job.event"], ({ kind }) =>
      String(kind).startsWith("x-vendor.") ? false : undefined,
    ),
  },
  {
    name: "first-member-wins",
    about: "takes the first of two members with one name",
    textToServer: (text) =>
      text.replace(/"type":"session.future","type":"[^"]*"/, '"type":"session.future"'),
  },
  {
    name: "hostile-bytes-kill",
    about: "falls over bytes that are no WebSocket",
    clientBroken: ({ shared }) => shared.links.forEach((link) => link.closeClient(1011)),
  },
  {
    name: "frames-inflated",
    about: "sends frames above the limit",
    toClient: on(["job.event"], ({ kind }, message) =>
      kind === "result_chunk" ? [altered(message, { pad: "x".repeat(1_100_000) })] : undefined,
    ),
  },
];
