/** Mutants of what jobs pass on to others. §9.4, §10 */
import { jobOf, numbered, on, type Body, type Link, type Message, type Mutant } from "./mutant.js";

const key = (id: unknown): string => `child ${String(id)}`;

/** Whether a message is of a job that another one asked for, as far as it has been told. */
function isOfChild(message: Message, { shared: { memory } }: Link): boolean {
  const { type, payload } = message;
  if (type === "job.accepted" && payload["parent_job_id"]) memory.set(key(jobOf(message)), true);
  const named = payload["body"]?.["child_job_id"];
  if (payload["kind"] === "delegate" && named !== undefined) memory.set(key(named), true);
  return memory.has(key(jobOf(message)));
}

const ofChildren =
  <T>(react: (message: Message, link: Link) => T) =>
  (message: Message, link: Link): T | undefined =>
    isOfChild(message, link) ? react(message, link) : undefined;

/** What happens to the acceptances of children. */
const announced = (change: (payload: Body) => void | false): NonNullable<Mutant["toClient"]> =>
  on(["job.accepted"], (payload) => (payload["parent_job_id"] ? change(payload) : undefined));

/** What happens to delegations: `made` or refused. */
const delegated = (
  change: (body: Body, made: boolean, message: Message, link: Link) => void,
): NonNullable<Mutant["toClient"]> =>
  on(["job.event"], ({ kind, body }, message, link) => {
    if (kind === "delegate") change(body, body["child_job_id"] !== undefined, message, link);
  });

/** Takes the place of a delegation that was made. */
function refuse({ payload }: Message, code: string): void {
  const call_id = payload["body"]["delegate_id"];
  const error = { code, message: "refused", retryable: false };
  Object.assign(payload, { kind: "tool_result", body: { call_id, error } });
}

const inventChild = (body: Body): void => void (body["child_job_id"] = "job_made_up");

/** What happens to what is left of a parent's money; `last` is what was said before. */
const leftToParents = (change: (body: Body, last: number | undefined, link: Link) => void) =>
  on(["job.event"], ({ kind, body }, message, link) => {
    const child = isOfChild(message, link);
    if (kind !== "metric" || body["name"] !== "cost.budget.remaining") return;
    const value = body["value"];
    if (child) return void link.memory.set("debt", Math.min(value, 0));
    const counter = `left ${jobOf(message)} ${body["unit"]}`;
    change(body, link.memory.get(counter), link);
    link.memory.set(counter, value);
  });

const SUFFIX = "-again";

/** Mutants of sections 9.4 and 10. */
export const delegationMutants: readonly Mutant[] = [
  {
    name: "child-not-announced",
    about: "makes children and accepts none",
    toClient: announced(() => false),
  },
  {
    name: "child-without-delegation",
    about: "does not say which delegation a child comes from",
    toClient: announced((payload) => void delete payload["delegate_id"]),
  },
  {
    name: "child-without-end",
    about: "gives children no end",
    toClient: announced((payload) => void delete payload["lease_constraints"]),
  },
  {
    name: "child-not-named",
    about: "does not name the child in the delegate event",
    toClient: delegated((body) => void delete body["child_job_id"]),
  },
  {
    name: "child-numbered-apart",
    about: "numbers the events of a child from 1",
    toClient: ofChildren((message, { memory }) => {
      if (!numbered(message)) return;
      const count = Number(memory.get(jobOf(message)) ?? 0) + 1;
      memory.set(jobOf(message), count);
      message["event_seq"] = count;
    }),
  },
  {
    name: "child-traced-apart",
    about: "begins a new trace for a child",
    toClient: ofChildren((message) => void (message["trace_id"] = "0".repeat(31) + "1")),
  },
  {
    name: "delegation-never-refused",
    about: "lets a job pass on what it has not",
    toClient: on(["job.event"], ({ kind, body }, message, { memory }) => {
      if (kind === "delegate" && body["child_job_id"] === undefined) {
        memory.set(`${jobOf(message)} ${body["delegate_id"]}`, true);
        inventChild(body);
      }
      const refused = kind === "tool_result" && `${jobOf(message)} ${body["call_id"]}`;
      return refused !== false && memory.has(refused) ? false : undefined;
    }),
  },
  {
    name: "delegation-always-refused",
    about: "lets no job pass on anything",
    toClient: delegated((_, made, message) => {
      if (made) refuse(message, "LEASE_SUBSET_VIOLATION");
    }),
  },
  {
    name: "equal-lease-refused",
    about: "takes a subset for a proper one",
    toClient: delegated(({ lease }, made, message, { shared }) => {
      const parent = shared.jobs.get(jobOf(message))?.accepted.payload["lease"] ?? {};
      const sorted = (one: Body) => JSON.stringify(Object.entries(one).sort());
      if (made && sorted(lease ?? {}) === sorted(parent)) refuse(message, "LEASE_SUBSET_VIOLATION");
    }),
  },
  {
    name: "versions-not-delegated",
    about: "matches agent.delegate against the agent with its version",
    toClient: delegated(({ agent }, made, message) => {
      if (made && String(agent).includes("@")) refuse(message, "PERMISSION_DENIED");
    }),
  },
  {
    name: "refusal-names-a-child",
    about: "names a child in a delegation that it refuses",
    toClient: delegated((body, made) => {
      if (!made) inventChild(body);
    }),
  },
  {
    name: "refusal-as-session-error",
    about: "tells the session of a refused delegation",
    toClient: on(["job.event"], ({ kind, body }, message) => {
      if (kind !== "tool_result" || body["error"] === undefined) return undefined;
      const { event_seq: _, job_id: __, ...envelope } = message;
      return [message, { ...envelope, type: "session.error", payload: body["error"] }];
    }),
  },
  {
    name: "same-id-new-child",
    about: "makes a new child each time",
    toServer: on(["job.submit"], (payload) => {
      const seen = new Set<string>();
      for (const step of payload["input"]?.steps ?? []) {
        if (step["op"] !== "delegate") continue;
        if (seen.has(step["delegate_id"])) step["delegate_id"] += SUFFIX;
        seen.add(step["delegate_id"]);
      }
    }),
    toClient: ({ payload }) => {
      for (const one of [payload, payload["body"]]) {
        const id: unknown = one?.["delegate_id"];
        if (typeof id === "string" && id.endsWith(SUFFIX)) {
          one["delegate_id"] = id.slice(0, -SUFFIX.length);
        }
      }
    },
  },
  {
    name: "nothing-comes-back",
    about: "keeps what a child has left",
    toClient: leftToParents((body, last) => {
      if (last !== undefined) body["value"] = Math.min(body["value"], last);
    }),
  },
  {
    name: "debts-forgiven",
    about: "forgets what a child has spent beyond its budget",
    toClient: leftToParents((body, _, { memory }) => {
      body["value"] -= Number(memory.get("debt") ?? 0);
      memory.delete("debt");
    }),
  },
  {
    name: "child-outlives-its-parent",
    about: "lets a child run on when its parent has ended",
    toClient: ofChildren((message) =>
      message.type === "job.error" && message.payload["code"] === "CANCELLED" ? false : undefined,
    ),
  },
  {
    name: "child-fails-with-its-parent",
    about: "has a child fail when its parent ends",
    toClient: ofChildren(({ type, payload }) => {
      if (type !== "job.error" || payload["code"] !== "CANCELLED") return;
      Object.assign(payload, { code: "INTERNAL_ERROR", final_status: "error" });
    }),
  },
  {
    name: "parent-ignored",
    about: "takes parent_job_id and does not look at it",
    toServer: on(["job.submit"], (payload) => void delete payload["parent_job_id"]),
  },
  {
    name: "parent-refused-otherwise",
    about: "tells who asks for a child of a foreign job that there is one",
    toClient: on(["session.error"], (payload, _, { requests }) => {
      const asked = requests.get(String(payload["request_id"]));
      const parent = asked?.payload["parent_job_id"];
      if (parent && payload["code"] === "JOB_NOT_FOUND") payload["code"] = "PERMISSION_DENIED";
    }),
  },
  {
    name: "orphans-at-restart",
    about: "lets children run on that lost their parent in a crash",
    toClient: on(["session.jobs"], (payload, _, { shared }) => {
      for (const row of shared.restarted ? payload["jobs"] : []) {
        if (row["parent_job_id"]) row["status"] = "running";
      }
    }),
  },
];
