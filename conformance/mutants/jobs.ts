/** Mutants of submission, lifecycle, cancellation and agents. §7 */
import {
  altered,
  jobOf,
  losing,
  numbered,
  on,
  terminal,
  without,
  type Body,
  type Message,
  type Mutant,
} from "./mutant.js";

const accepted = ["job.accepted"];
const ends = ["job.result", "job.error"];

const submitting = (change: (payload: Body, message: Message) => void) =>
  on(["job.submit"], (payload, message) => change(payload, message));

/** Mutants of section 7. */
export const jobMutants: readonly Mutant[] = [
  {
    name: "accepted-twice",
    about: "accepts a job twice",
    toClient: on(accepted, (_, m) => [m, m]),
  },
  {
    name: "refuses-twice-late",
    about: "refuses a submit once more when it refuses another one",
    toClient: on(["session.error"], ({ request_id }, message, { memory, requests }) => {
      if (requests.get(String(request_id))?.type !== "job.submit") return undefined;
      const held: Message | undefined = memory.get("held");
      memory.set("held", message);
      return held === undefined ? undefined : [held, message];
    }),
  },
  {
    name: "accepted-without-time",
    about: "states no accepted_at",
    toClient: without(accepted, "accepted_at"),
  },
  {
    name: "accepted-without-trace",
    about: "states no trace",
    toClient: without(accepted, "trace_id"),
  },
  {
    name: "accepted-without-version",
    about: "states the agent without its version",
    toClient: on(accepted, (p) => void (p["agent"] = String(p["agent"]).split("@")[0])),
  },
  { name: "lease-omitted", about: "states no lease", toClient: without(accepted, "lease") },
  {
    name: "lease-widened",
    about: "grants more than was asked for",
    toClient: on(accepted, (p) => void (p["lease"] = { ...p["lease"], "fs.write": ["/**"] })),
  },
  {
    name: "confuses-requests",
    about: "names the request before the one that it answers",
    toClient: on(accepted, (payload, _, { requests }) => {
      const ids = [...requests.values()].filter((m) => m.type === "job.submit").map((m) => m["id"]);
      const index = ids.indexOf(payload["request_id"]);
      if (index > 0) payload["request_id"] = ids[index - 1];
    }),
  },
  {
    name: "answers-out-of-order",
    about: "answers refusals late",
    toClient: (message, { memory, requests }) => {
      const held: Message | undefined = memory.get("held");
      const asked = requests.get(String(message.payload["request_id"]))?.type;
      if (message.type === "session.error" && asked === "job.submit" && held === undefined) {
        memory.set("held", message);
        return false;
      }
      if (message.type !== "job.accepted" || held === undefined) return undefined;
      memory.delete("held");
      return [message, held];
    },
  },
  {
    name: "event-before-accepted",
    about: "sends events before the acceptance",
    toClient: (message, { memory }) => {
      if (message.type === "job.accepted") {
        memory.set(jobOf(message), message);
        return false;
      }
      const held: Message | undefined = numbered(message) ? memory.get(jobOf(message)) : undefined;
      memory.delete(jobOf(message));
      return held === undefined ? undefined : [message, held];
    },
  },
  {
    name: "result-altered",
    about: "changes results",
    toClient: on(["job.result"], (p) => void ("result" in p && (p["result"] = { changed: true }))),
  },
  {
    name: "key-ignored",
    about: "takes an idempotency key and does not look at it",
    toServer: submitting((p) => void delete p["idempotency_key"]),
  },
  {
    name: "lease-stripped",
    about: "takes a lease and does not look at it",
    toServer: submitting((p) => {
      delete p["lease_request"];
      delete p["lease_constraints"];
    }),
  },
  {
    name: "vendor-leases-ignored",
    about: "takes a vendor's namespace and does not look at it",
    toServer: submitting((p) => {
      for (const name of Object.keys(p["lease_request"] ?? {})) {
        if (name.startsWith("x-vendor.")) delete p["lease_request"][name];
      }
    }),
  },
  {
    name: "url-patterns-mended",
    about: "cuts off what a URL pattern must not have",
    toServer: submitting((p) => {
      const patterns = p["lease_request"]?.["net.fetch"];
      if (patterns === undefined) return;
      p["lease_request"]["net.fetch"] = patterns.map((pattern: string) =>
        pattern.replace(/[?#].*$/, "").replace(/:\/\/[^/]*@/, "://"),
      );
    }),
  },
  {
    name: "final-status-swapped",
    about: "states another final status",
    toClient: on(ends, (p) => {
      p["final_status"] = p["final_status"] === "success" ? "error" : "success";
    }),
  },
  {
    name: "error-as-success",
    about: "reports failures as results",
    toClient: on(["job.error"], (p, message) => [
      { ...message, type: "job.result", payload: { ...p, final_status: "success", result: null } },
    ]),
  },
  {
    name: "late-success",
    about: "lets a result win over a cancel that was acknowledged",
    toClient: on(["job.error"], (p, message) =>
      p["code"] === "CANCELLED"
        ? [
            {
              ...message,
              type: "job.result",
              payload: { ...p, final_status: "success", result: 1 },
            },
          ]
        : undefined,
    ),
  },
  {
    name: "agent-code-outside",
    about: "sends an agent's own code as the code",
    toClient: on(
      ["job.error"],
      (p) => void (p["code"] = p["details"]?.["agent_code"] ?? p["code"]),
    ),
  },
  { name: "second-terminal", about: "ends a job twice", toClient: on(ends, (_, m) => [m, m]) },
  {
    name: "event-after-terminal",
    about: "sends an event after the end",
    toClient: on(ends, (_, message) => [
      message,
      {
        ...message,
        type: "job.event",
        payload: {
          kind: "log",
          ts: "2026-01-01T00:00:00Z",
          body: { level: "info", message: "late" },
        },
      },
    ]),
  },
  {
    name: "terminal-without-time",
    about: "states no completed_at",
    toClient: without(ends, "completed_at"),
  },
  {
    name: "timeout-as-error",
    about: "reports the time limit as an error of its own",
    toClient: on(["job.error"], (p) => {
      if (p["code"] === "TIMEOUT")
        Object.assign(p, { code: "INTERNAL_ERROR", final_status: "error" });
    }),
  },
  {
    name: "drop-cancelled",
    about: "does not acknowledge a cancel",
    toClient: losing("job.cancelled"),
  },
  {
    name: "cancelled-as-error",
    about: "gives a cancelled job the status error",
    toClient: on(["job.error"], (p) => void (p["final_status"] = "error")),
  },
  {
    name: "end-before-ack",
    about: "ends a job before it acknowledges the cancel",
    toClient: (message, { memory }) => {
      if (message.type === "job.cancelled") {
        memory.set(jobOf(message), message);
        return false;
      }
      const held: Message | undefined = terminal(message) ? memory.get(jobOf(message)) : undefined;
      return held === undefined ? undefined : [message, held];
    },
  },
  {
    name: "envelope-job-id-ignored",
    about: "reads job_id from the payload only",
    toServer: on(["job.cancel"], (_, message) => void delete message["job_id"]),
  },
  {
    name: "payload-job-id-ignored",
    about: "reads job_id from the envelope only",
    toServer: on(["job.cancel"], (payload) => void delete payload["job_id"]),
  },
  {
    name: "second-cancel-refused",
    about: "refuses a repeated cancel",
    toClient: on(["job.cancelled"], (payload, message, { memory }) => {
      const again = memory.has(jobOf(message));
      memory.set(jobOf(message), true);
      return again ? [refusal(message, payload, "JOB_NOT_FOUND")] : undefined;
    }),
  },
  {
    name: "cancel-of-ended-refused",
    about: "refuses to cancel an ended job",
    toClient: on(["job.cancelled"], (payload, message) =>
      payload["final_status"] === undefined
        ? undefined
        : [refusal(message, payload, "INVALID_REQUEST")],
    ),
  },
  {
    name: "authorises-after-cancel",
    about: "authorises operations of a cancelled job",
    toClient: on(["job.cancelled"], (_, message) => [
      message,
      {
        ...{ ...message, type: "job.event", event_seq: 99 },
        payload: {
          kind: "tool_result",
          ts: "2026-01-01T00:00:00Z",
          body: { call_id: "after", result: { authorized: true } },
        },
      },
    ]),
  },
  {
    name: "bare-name-is-first",
    about: "runs the first version for a bare name",
    toServer: submitting(
      (p) => void (String(p["agent"]).includes("@") || (p["agent"] += "@1.0.0")),
    ),
  },
  {
    name: "version-ignored",
    about: "does not look at the version",
    toServer: submitting((p) => void (p["agent"] = String(p["agent"]).split("@")[0])),
  },
  {
    name: "trace-ignored",
    about: "makes a trace of its own for every job",
    toServer: submitting((_, message) => void delete message["trace_id"]),
  },
  {
    name: "odd-traces-refused",
    about: "refuses a trace of another form",
    toServer: submitting((_, message) => {
      const trace = message["trace_id"];
      if (trace !== undefined && !/^[0-9a-f]{32}$/.test(String(trace))) message.type = "job.odd";
    }),
  },
  {
    name: "one-trace-for-all",
    about: "gives all jobs one trace",
    toClient: on(accepted, (p) => void (p["trace_id"] = "1".repeat(32))),
  },
  {
    name: "traces-in-capitals",
    about: "writes traces in capitals",
    toClient: (message) => {
      // The letter makes sure that capitals differ.
      const shout = (trace: unknown) =>
        trace === undefined ? {} : { trace_id: `F${String(trace).slice(1).toUpperCase()}` };
      const { trace_id } = message.payload;
      return [altered(message, shout(trace_id), shout(message["trace_id"]))];
    },
  },
  {
    name: "events-without-trace",
    about: "leaves the trace away on events",
    toClient: (message) => void (numbered(message) && delete message["trace_id"]),
  },
];

function refusal(message: Message, { request_id }: Body, code: string): Message {
  const payload = { code, message: "no", retryable: false, request_id, details: { request_id } };
  return { ...message, type: "session.error", payload };
}
