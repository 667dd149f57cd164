/** Mutants of what a job may spend, until when, and on which models. §9.5 to §9.7 */
import { jobOf, on, without, type Body, type Link, type Message, type Mutant } from "./mutant.js";

const accepted = ["job.accepted"];

/** What happens to a metric; `left` says whether it is the runtime's word on a counter. */
const metric = (
  change: (body: Body, left: boolean, message: Message, link: Link) => void | false,
): NonNullable<Mutant["toClient"]> =>
  on(["job.event"], ({ kind, body }, message, link) =>
    kind === "metric"
      ? change(body, body["name"] === "cost.budget.remaining", message, link)
      : undefined,
  );

/** What happens to refusals of operations with this code. */
const refused = (code: string, change: (payload: Body, message: Message, link: Link) => void) =>
  on(["job.event"], (payload, message, link) => {
    if (payload["body"]?.["error"]?.["code"] === code) change(payload, message, link);
  });

const allow = (payload: Body): void => {
  payload["body"] = { call_id: payload["body"]["call_id"], result: { authorized: true } };
};

const submitOf = (message: Message, { shared, requests }: Link): Body =>
  requests.get(String(shared.jobs.get(jobOf(message))?.accepted.payload["request_id"]))?.payload ??
  {};

/** The first amount of a currency that a job asked for. */
function amountOf(message: Message, link: Link, currency: string): number {
  const amounts: readonly string[] =
    submitOf(message, link)["lease_request"]?.["cost.budget"] ?? [];
  const amount = amounts.find((text) => text.startsWith(`${currency}:`));
  return Number(amount?.split(":")[1]);
}

/** What a step of the script agent reports. */
const stepOf = (message: Message, link: Link, call: unknown): Body | undefined =>
  submitOf(message, link)["input"]?.steps?.find((step: Body) => step["call_id"] === call);

/** Takes the place of a refusal by the event that a runtime would have sent which refuses nothing. */
const reported =
  (wanted: (step: Body) => boolean) =>
  (message: Message, link: Link): void => {
    const { kind, body } = message.payload;
    if (message.type !== "job.event" || kind !== "tool_result" || !body["error"]) return;
    const step = stepOf(message, link, body["call_id"]);
    if (step?.["op"] !== "cost" || !wanted(step)) return;
    const { name = "cost.conformance", value, unit } = step;
    Object.assign(message.payload, { kind: "metric", body: { name, value, unit } });
  };

/** Mutants of sections 9.5 to 9.7. */
export const authorityMutants: readonly Mutant[] = [
  {
    name: "any-end-taken",
    about: "takes any text for an end, and gives it an hour",
    toServer: on(["job.submit"], (payload) => {
      const constraints = payload["lease_constraints"];
      if (constraints === undefined) return;
      constraints["expires_at"] = new Date(Date.now() + 3_600_000).toISOString();
    }),
  },
  {
    name: "end-not-stated",
    about: "does not state the end of a lease",
    toClient: without(accepted, "lease_constraints"),
  },
  {
    name: "end-stated-later",
    about: "grants a later end than was asked for",
    toClient: on(accepted, ({ lease_constraints: constraints }) => {
      if (constraints !== undefined) constraints["expires_at"] = "2999-01-01T00:00:00Z";
    }),
  },
  {
    name: "late-operation-allowed",
    about: "allows operations after the end",
    toClient: refused("LEASE_EXPIRED", allow),
  },
  {
    name: "late-operation-denied",
    about: "takes the end of a lease for a missing capability",
    toClient: refused(
      "LEASE_EXPIRED",
      ({ body }) => void (body["error"]["code"] = "PERMISSION_DENIED"),
    ),
  },
  {
    name: "expired-succeeds",
    about: "lets a job succeed whose lease has ended",
    toClient: on(["job.error"], ({ code }, message) =>
      code === "LEASE_EXPIRED"
        ? [{ ...message, type: "job.result", payload: { final_status: "success", result: null } }]
        : undefined,
    ),
  },
  {
    name: "expired-as-cancelled",
    about: "gives a job whose lease has ended the status of a cancelled one",
    toClient: on(["job.error"], (payload) => {
      if (payload["code"] === "LEASE_EXPIRED") payload["final_status"] = "cancelled";
    }),
  },
  {
    name: "authority-retryable",
    about: "says that it is worth another try without money, or time",
    toClient: on(["job.event", "job.error"], (payload) => {
      for (const error of [payload, payload["body"]?.["error"]]) {
        if (["LEASE_EXPIRED", "BUDGET_EXHAUSTED"].includes(error?.code)) error.retryable = true;
      }
    }),
  },
  {
    name: "end-judged-before-key",
    about: "judges the end of a repeated submit before it looks at the key",
    toClient: on(accepted, (payload, message, { shared }) => {
      const first = shared.jobs.get(jobOf(message))?.first;
      const end = Date.parse(payload["lease_constraints"]?.["expires_at"]);
      if (first === undefined || first["id"] === message["id"] || !(end <= Date.now())) return;
      const error = { code: "INVALID_REQUEST", message: "expires_at is past", retryable: false };
      const { request_id } = payload;
      return [{ ...message, type: "session.error", payload: { ...error, request_id } }];
    }),
  },
  {
    name: "retry-extends",
    about: "gives a repeated submit a later end",
    toClient: on(accepted, ({ lease_constraints: constraints }, message, { shared }) => {
      const first = shared.jobs.get(jobOf(message))?.first;
      if (first === undefined || first["id"] === message["id"]) return;
      if (constraints !== undefined) constraints["expires_at"] = "2999-01-01T00:00:00Z";
    }),
  },
  {
    name: "budget-asked-first",
    about: "asks for money before it asks for the capability",
    toClient: refused("PERMISSION_DENIED", ({ body }, message, link) => {
      if (amountOf(message, link, "USD") > 0) body["error"]["code"] = "BUDGET_EXHAUSTED";
    }),
  },
  {
    name: "budget-not-stated",
    about: "does not state the counters",
    toClient: without(accepted, "budget"),
  },
  {
    name: "last-amount-counts",
    about: "takes the last of several amounts of a currency",
    toClient: on(accepted, (payload) => {
      const amounts: readonly string[] = payload["lease"]?.["cost.budget"] ?? [];
      for (const [currency, amount] of amounts.map((text) => text.split(":") as [string, string])) {
        payload["budget"][currency] = Number(amount);
      }
    }),
  },
  {
    name: "budget-as-text",
    about: "states the counters as texts",
    toClient: on(accepted, (payload) => {
      for (const currency of Object.keys(payload["budget"] ?? {})) {
        payload["budget"][currency] = `${currency}:${payload["budget"][currency]}`;
      }
    }),
  },
  {
    name: "remaining-lost",
    about: "does not say what is left",
    toClient: metric((_, left) => (left ? false : undefined)),
  },
  {
    name: "one-counter-for-all",
    about: "charges every currency to one counter",
    toClient: metric((body, left, message, { memory }) => {
      if (!left) return;
      const spent = `spent ${jobOf(message)}`;
      body["value"] -= Number(memory.get(spent) ?? 0);
      memory.set(spent, 1);
    }),
  },
  {
    name: "nothing-charged",
    about: "reports costs and charges none",
    toClient: metric((body, left, message, link) => {
      if (left) body["value"] = amountOf(message, link, body["unit"]);
    }),
  },
  {
    name: "binary-fractions",
    about: "counts money in binary fractions",
    toClient: metric((body, left, message, link) => {
      const counter = `counter ${jobOf(message)} ${body["unit"]}`;
      const value = Number(link.memory.get(counter) ?? amountOf(message, link, body["unit"]));
      if (left) body["value"] = value;
      else link.memory.set(counter, value - body["value"]);
    }),
  },
  {
    name: "exhausted-goes-on",
    about: "allows operations without money",
    toClient: refused("BUDGET_EXHAUSTED", allow),
  },
  {
    name: "negative-costs-credited",
    about: "takes a negative cost for a gift",
    toClient: reported(({ value }) => Number(value) < 0),
  },
  {
    name: "remaining-taken-from-agents",
    about: "lets an agent say what is left",
    toClient: reported(({ name }) => name === "cost.budget.remaining"),
  },
  {
    name: "foreign-unit-charged",
    about: "charges a cost in another currency to the budget that there is",
    toClient: metric((body, left, message, link) => {
      if (!left && Number.isNaN(amountOf(message, link, body["unit"]))) {
        Object.assign(body, { name: "cost.budget.remaining", value: 0, unit: "USD" });
      }
    }),
  },
  {
    name: "foreign-unit-lost",
    about: "loses a cost in a currency without a counter",
    toClient: metric((body, _, message, link) =>
      Number.isNaN(amountOf(message, link, body["unit"])) ? false : undefined,
    ),
  },
];
