/** Mutants of a runtime opposite clients of older drafts. §5.5 */
import { on, type Link, type Mutant } from "./mutant.js";

const older = ({ hello }: Link) => hello?.["arcp"] === "1";

/** Mutants of section 5.5. */
export const olderMutants: readonly Mutant[] = [
  {
    name: "agents-always-objects",
    about: "lists agents with their versions to whoever comes",
    toClient: on(["session.welcome"], ({ capabilities }, _, link) => {
      if (!older(link)) return;
      const whole = (agent: unknown) =>
        typeof agent === "string" ? { name: agent, versions: ["1.0.0"] } : agent;
      capabilities["agents"] = capabilities["agents"].map(whole);
    }),
  },
  {
    name: "pings-whoever-comes",
    about: "pings clients that have no heartbeat",
    toClient: on(["session.welcome"], (_, message, link) => {
      if (!older(link)) return undefined;
      const ping = { ...message, id: "msg_ping", type: "session.ping", payload: { nonce: "p_1" } };
      return [message, ping];
    }),
  },
  {
    name: "cancelled-for-everybody",
    about: "acknowledges the cancel of a client that does not know how that looks",
    toClient: on(["job.error"], ({ code }, message, link) => {
      if (!older(link) || code !== "CANCELLED") return undefined;
      const { event_seq: _, ...envelope } = message;
      const payload = { job_id: message["job_id"] };
      return [{ ...envelope, id: "msg_ack", type: "job.cancelled", payload }, message];
    }),
  },
  {
    name: "older-resume-refused",
    about: "knows the resume of the newest draft only",
    toServer: on(["session.hello"], ({ resume }, message) => {
      if (message["arcp"] === "1" && resume !== undefined) resume["resume_token"] = "rt_unknown";
    }),
  },
  {
    name: "bye-answered",
    about: "answers a bye whoever says it",
    toServer: on(["session.bye"], (_, message) => void (message.type = "session.close")),
  },
  {
    name: "open-after-bye",
    about: "leaves the connection open after a bye",
    toServer: on(["session.bye"], (_, __, { memory }) => void memory.set("bye", true)),
    staysOpen: ({ memory }) => memory.has("bye"),
  },
  {
    name: "superseded-for-everybody",
    about: "tells a client in words that it does not know that its session was taken over",
    toClient: on(["session.bye"], (_, message) => void (message.type = "session.closed")),
  },
  {
    name: "refuses-in-1.1",
    about: "calls the protocol 1.1 before there is a session, whatever the other side calls it",
    toClient: on(["session.error"], (_, message, { sessionId }) => {
      if (sessionId === undefined) message["arcp"] = "1.1";
    }),
  },
];
