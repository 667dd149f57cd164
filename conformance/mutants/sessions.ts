/** Mutants of hello, authentication, features and resume. §6.1–§6.3 */
import {
  altered,
  losing,
  numbered,
  on,
  without,
  type Body,
  type Link,
  type Loose,
  type Message,
  type Mutant,
} from "./mutant.js";

const welcome = ["session.welcome"];
const allFlags =
  "heartbeat ack list_jobs subscribe lease_expires_at cost.budget model.use provisioned_credentials progress result_chunk agent_versions".split(
    " ",
  );

function features(payload: Body, to: (now: string[]) => string[]): void {
  const now: unknown = payload["capabilities"]?.["features"];
  payload["capabilities"] = {
    ...payload["capabilities"],
    features: to(Array.isArray(now) ? now : []),
  };
}

/** Other open connections of the same session. */
function twins(link: Link): Link[] {
  return [...link.shared.links].filter((l) => l !== link && l.sessionId === link.sessionId);
}

const resuming = (change: (resume: Body, payload: Body, link: Link) => void) =>
  on(["session.hello"], (payload, _, link) => {
    if (payload["resume"] !== undefined) change(payload["resume"], payload, link);
  });

/** Holds the first numbered message of a resumed connection and calls `then` with it and the next one. */
const firstReplayed = (then: (first: Message, next: Message) => readonly Message[]) =>
  ((message, link) => {
    if (!link.resumed || !numbered(message) || link.memory.has("done")) return undefined;
    const first: Message | undefined = link.memory.get("first");
    if (first === undefined) {
      link.memory.set("first", message);
      return false;
    }
    link.memory.set("done", true);
    return then(first, message);
  }) satisfies Mutant["toClient"];

/** Mutants of sections 6.1 to 6.3. */
export const sessionMutants: readonly Mutant[] = [
  {
    name: "open-after-refusal",
    about: "leaves the connection open after it refused a hello",
    staysOpen: ({ sessionId }) => sessionId === undefined,
  },
  {
    name: "any-scheme",
    about: "does not look at the scheme",
    toServer: on(["session.hello"], ({ auth }) => void (auth && (auth["scheme"] = "bearer"))),
  },
  {
    name: "token-from-url",
    about: "takes a token from the URL",
    forgets: "query",
    toServer: on(["session.hello"], (payload, _, { query }) => {
      const token = new URLSearchParams(query).get("token");
      if (token !== null) payload["auth"] ??= { scheme: "bearer", token };
    }),
  },
  {
    name: "welcome-without-token",
    about: "issues no resume token",
    toClient: without(welcome, "resume_token"),
  },
  {
    name: "welcome-without-window",
    about: "states no window",
    toClient: without(welcome, "resume_window_sec"),
  },
  {
    name: "welcome-without-interval",
    about: "states no interval",
    toClient: without(welcome, "heartbeat_interval_sec"),
  },
  {
    name: "welcome-without-limits",
    about: "states no limits",
    toClient: without(welcome, "limits", "accepted_at"),
  },
  {
    name: "welcome-without-payload-session",
    about: "names the session in the envelope only",
    toClient: without(welcome, "session_id"),
  },
  {
    name: "welcome-without-agents",
    about: "lists no agents",
    toClient: on(welcome, ({ capabilities }) => void delete capabilities["agents"]),
  },
  {
    name: "agents-without-versions",
    about: "lists agents by name only",
    toClient: on(welcome, ({ capabilities }) => {
      capabilities["agents"] = capabilities["agents"].map((a: Loose) => a["name"] ?? a);
    }),
  },
  {
    name: "short-tokens",
    about: "issues tokens that can be guessed",
    toClient: on(welcome, (payload, _, { shared }) => {
      const count = Number(shared.memory.get("tokens") ?? 0) + 1;
      shared.memory.set("tokens", count);
      payload["resume_token"] = `rt_${count}`;
    }),
  },
  {
    name: "same-session-id",
    about: "gives all sessions one id",
    toClient: (message) => {
      message["session_id"] = "sess_same";
      if (message.type === "session.welcome") message.payload["session_id"] = "sess_same";
    },
    toServer: (message) => void delete message["session_id"],
  },
  {
    name: "echo-features",
    about: "repeats whatever flags the hello named",
    toClient: on(welcome, (payload, _, { offered }) => features(payload, () => [...offered])),
  },
  {
    name: "all-features-in-welcome",
    about: "lists flags that the hello did not name",
    toClient: on(welcome, (payload) => features(payload, () => allFlags)),
  },
  {
    name: "refuse-unknown-flags",
    about: "refuses a hello with a flag that it does not know",
    toServer: on(["session.hello"], ({ capabilities }, message) => {
      if (capabilities?.["features"]?.includes("time_travel")) message.type = "session.odd";
    }),
  },
  {
    name: "offer-everything",
    about: "uses features that were not negotiated",
    toServer: on(["session.hello"], (payload) => {
      if (payload["resume"] === undefined) features(payload, () => allFlags);
    }),
    toClient: on(welcome, (payload, _, { offered }) =>
      features(payload, (now) => now.filter((flag) => offered.includes(flag))),
    ),
  },
  { name: "waits-for-ever", about: "has no deadline for the hello", dialsLate: true },
  {
    name: "capabilities-required",
    about: "refuses a hello without capabilities",
    toServer: on(["session.hello"], ({ capabilities }, message) => {
      if (capabilities === undefined) message.type = "session.odd";
    }),
  },
  {
    name: "caught-up-refused",
    about: "refuses a client that has seen everything",
    toServer: resuming((resume) => void (resume["last_event_seq"] += 1)),
  },
  {
    name: "replay-from-zero",
    about: "replays everything",
    toServer: resuming((resume) => void (resume["last_event_seq"] = 0)),
  },
  {
    name: "cursor-clamped",
    about: "takes a cursor beyond the newest for the newest",
    toServer: resuming((resume) => void (resume["last_event_seq"] = 0)),
  },
  {
    name: "replay-skips-one",
    about: "loses the first replayed event",
    toClient: firstReplayed((_, next) => [next]),
  },
  {
    name: "replay-twice",
    about: "replays an event twice",
    toClient: firstReplayed((first, next) => [first, first, next]),
  },
  {
    name: "replay-swapped",
    about: "replays two events in the wrong order",
    toClient: firstReplayed((first, next) => [next, first]),
  },
  {
    name: "mute-after-resume",
    about: "delivers nothing live to a resumed session",
    toClient: (message, { resumed }) => (resumed && numbered(message) ? false : undefined),
  },
  {
    name: "replay-before-welcome",
    about: "replays before the welcome",
    toClient: (message, link) => {
      if (!link.resumed) return undefined;
      if (message.type === "session.welcome") {
        link.memory.set("welcome", message);
        return false;
      }
      const held: Message | undefined = link.memory.get("welcome");
      link.memory.delete("welcome");
      return held === undefined ? undefined : [message, held];
    },
  },
  {
    name: "replay-new-times",
    about: "gives replayed events a new time",
    toClient: on(["job.event"], (payload, _, { resumed }) => {
      if (resumed) payload["ts"] = "2001-01-01T00:00:00.000Z";
    }),
  },
  {
    name: "replay-other-text",
    about: "uses a number again with other content",
    toClient: on(["job.event"], (payload, _, { resumed }) => {
      if (resumed) payload["body"] = { level: "info", message: "another" };
    }),
  },
  {
    name: "token-does-not-rotate",
    about: "keeps the resume token",
    toClient: on(welcome, (payload, _, { hello }) => {
      const token: unknown = hello?.payload["resume"]?.["resume_token"];
      if (token !== undefined) payload["resume_token"] = token;
    }),
  },
  {
    name: "stale-token-accepted",
    about: "resumes with any token",
    staysOpen: ({ resumed, sessionId }) => resumed && sessionId === undefined,
    toClient: on(["session.error"], (_, message, { hello, shared, resumed, sessionId }) => {
      if (!resumed || sessionId !== undefined) return undefined;
      const id = String(hello?.payload["resume"]?.["session_id"]);
      const known = shared.welcomes.get(id);
      return known === undefined ? undefined : [{ ...known, id: message["id"] }];
    }),
  },
  {
    name: "previous-token-refused",
    about: "forgets a token once its successor was sent",
    toServer: resuming((resume, _, { shared }) => {
      const key = `used ${resume["resume_token"]}`;
      if (shared.memory.has(key)) resume["resume_token"] = "rt_used_up";
      shared.memory.set(key, true);
    }),
  },
  {
    name: "session-resume-unknown",
    about: "knows one form of resume only",
    toServer: on(["session.resume"], (_, message) => void (message.type = "session.odd")),
  },
  {
    name: "resume-by-token-alone",
    about: "resumes without authentication",
    toServer: on(["session.resume"], (payload, _, { shared }) => {
      payload["auth"] ??= shared.auths.get(payload["session_id"]);
    }),
  },
  {
    name: "resume-forgets-features",
    about: "forgets the features of a resumed session",
    toClient: on(welcome, (payload, _, { resumed }) => {
      if (resumed) features(payload, () => []);
    }),
  },
  {
    name: "resume-ignores-capabilities",
    about: "does not look at the capabilities of a resume",
    toServer: resuming((_, payload) => void delete payload["capabilities"]),
  },
  {
    name: "cancel-before-resume-only",
    about: "refuses a cancel after a resume",
    toClient: on(["job.cancelled"], ({ request_id }, message, { resumed }) =>
      resumed
        ? [{ ...message, type: "session.error", payload: denial("PERMISSION_DENIED", request_id) }]
        : undefined,
    ),
  },
  {
    name: "drop-superseded",
    about: "does not say why the old connection ends",
    toClient: on(["session.closed"], ({ reason }) => (reason === "superseded" ? false : undefined)),
  },
  {
    name: "old-connection-stays",
    about: "leaves the old connection open",
    staysOpen: (_, code) => code === 4009,
  },
  {
    name: "old-connection-fed",
    about: "delivers live events to the old connection too",
    staysOpen: (_, code) => code === 4009,
    toClient: (message, link) => {
      if (numbered(message)) for (const twin of twins(link)) twin.toClient(message);
    },
  },
  {
    name: "replies-replayed",
    about: "replays replies",
    toClient: on(welcome, (_, message, link) => {
      if (!link.resumed) return undefined;
      const jobs = [...link.shared.jobs.values()].map(({ accepted }) => accepted);
      return [message, ...jobs.filter((a) => a["session_id"] === message["session_id"])];
    }),
  },
  {
    name: "refused-resume-takes-over",
    about: "ends the old connection before it has checked the token",
    toClient: on(["session.error"], (_, __, { hello, shared }) => {
      const id: unknown = hello?.payload["resume"]?.["session_id"];
      for (const link of shared.links) if (link.sessionId === id) link.closeClient(4009);
    }),
  },
  {
    name: "telling-refusals",
    about: "tells a wrong token from an unknown session",
    toClient: on(["session.error"], (payload, message, { hello, shared }) => {
      const id = String(hello?.payload["resume"]?.["session_id"]);
      if (!shared.welcomes.has(id)) return undefined;
      return [altered(message, { message: `${payload["message"]} (this session exists)` })];
    }),
  },
  {
    name: "closed-is-gone",
    about: "forgets a session that was closed",
    toServer: (message, { shared, sessionId }) => {
      if (message.type === "session.close") shared.memory.set(`closed ${sessionId}`, true);
      const resume = message.payload["resume"];
      if (shared.memory.has(`closed ${resume?.["session_id"]}`)) resume["resume_token"] = "rt_gone";
    },
  },
  { name: "drop-pong", about: "does not answer pings", toClient: losing("session.pong") },
  {
    name: "wrong-nonce",
    about: "answers pings with another nonce",
    toClient: on(["session.pong"], (payload) => void (payload["ping_nonce"] = "p_other")),
  },
  {
    name: "pings-take-numbers",
    about: "numbers its pongs",
    toClient: (message, { memory }) => {
      const pongs = Number(memory.get("pongs") ?? 0);
      if (message.type === "session.pong") memory.set("pongs", pongs + 1);
      if (numbered(message)) message["event_seq"] = Number(message["event_seq"]) + pongs;
    },
  },
  {
    name: "ack-refused",
    about: "answers an acknowledgement with an error",
    toServer: on(["session.ack"], (_, message) => void (message.type = "session.odd")),
  },
  {
    name: "ack-moves-cursor",
    about: "replays from what was acknowledged, not from what was asked",
    toServer: (message, { shared, sessionId }) => {
      if (message.type === "session.ack") {
        shared.memory.set(`ack ${sessionId}`, message.payload["last_processed_seq"]);
      }
      const resume = message.payload["resume"];
      const acked = Number(shared.memory.get(`ack ${resume?.["session_id"]}`) ?? 0);
      if (resume !== undefined && acked > resume["last_event_seq"])
        resume["last_event_seq"] = acked;
    },
  },
];

function denial(code: string, request_id: unknown): Record<string, unknown> {
  return { code, message: "no", retryable: false, request_id, details: { request_id } };
}
