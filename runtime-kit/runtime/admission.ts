import type { JobId, LeaseConstraints, Message, TraceId } from "../../generated/current/index.js";
import { resolveAgent } from "../jobs/agents.js";
import { expiryOf } from "../leases/expiry.js";
import type { Expiry } from "../leases/expiry.js";
import type { Compiled, CompiledLease } from "../leases/lease.js";
import { ArcpError } from "../wire/errors.js";
import { escapePointer } from "../wire/json.js";
import { nowOf } from "../wire/time.js";
import { newTraceId } from "../wire/trace.js";
import type { Core } from "./core.js";
import type { Agent, InputVerdict } from "./define.js";
import { applyPolicy } from "./lease-policy.js";
import type { LeaseTerms } from "./lease-policy.js";
import { compileRequest } from "./lease-request.js";
import type { Identity } from "./policy.js";

/** A submit that became acceptable. */
export interface Admitted {
  readonly agent: Agent;
  readonly input: unknown;
  /** The input as it came. */
  readonly given: unknown;
  /** Size of the input as it came, in characters of JSON. */
  readonly inputSize: number;
  readonly lease: CompiledLease;
  readonly expiry: Expiry | undefined;
  readonly maxRuntimeMs: number | undefined;
  readonly traceId: TraceId;
}

/** What is asked for: by a client, or by an agent for a child. */
export type Submission = Pick<Message<"job.submit">, "payload" | "trace_id">;

type Pending<Value> = Value | ArcpError | Promise<Value | ArcpError>;

/**
 * Looks at a submit before there is a job: agent, lease, what the operator makes of it, input, in this order. Gives
 * what the job will be made of, or what to refuse it with; a promise only where paths, a policy or a schema have to
 * be waited for. SUB-* of §7.1
 */
export function admit(
  core: Core,
  message: Submission,
  identity: Identity,
  parent?: JobId,
): Pending<Admitted> {
  const { payload } = message;
  const resolved = resolveAgent(payload.agent, core.registry.inventory);
  if (resolved instanceof ArcpError) return resolved;
  const agent = core.registry.get(resolved.name, resolved.version);
  if (agent === undefined) throw new Error(`${resolved.name} is in the inventory only`);

  const asked = { identity, agent: `${agent.name}@${agent.version}` };
  const asking = parent === undefined ? asked : { ...asked, parent };
  const terms = then(compileRequest(core, payload.lease_request), (lease) =>
    termsOf(core, message, lease),
  );
  const granted = then(terms, (terms) =>
    terms instanceof ArcpError ? terms : applyPolicy(core, asking, terms),
  );
  return then(granted, (terms) =>
    terms instanceof ArcpError ? terms : withTerms(core, message, agent, terms),
  );
}

/** Goes on at once where nothing has to be waited for. */
function then<From, To>(
  value: From | Promise<From>,
  use: (value: From) => Pending<To>,
): Pending<To> {
  return value instanceof Promise ? value.then(use) : use(value);
}

/** What a submit asks for. */
function termsOf(core: Core, { payload }: Submission, compiled: Compiled): LeaseTerms | ArcpError {
  if (!compiled.ok) {
    const { path, message: text, details } = compiled.fault;
    return invalid(`/payload/lease_request${path}`, text, details);
  }
  const constraints = payload.lease_constraints ?? {};
  const unfit = endOf(core, constraints);
  return unfit instanceof ArcpError ? unfit : { lease: compiled.lease, constraints };
}

function withTerms(
  core: Core,
  message: Submission,
  agent: Agent,
  { lease, constraints }: LeaseTerms,
): Pending<Admitted> {
  const { input: given, max_runtime_sec: seconds } = message.payload;
  return then(inputFor(agent, given), (input) => {
    if (input instanceof ArcpError) return input;
    // Read once more: paths, policies and schemas may have taken their time.
    const expiry = endOf(core, constraints);
    if (expiry instanceof ArcpError) return expiry;
    return {
      agent,
      input: input.value,
      given,
      inputSize: sizeOf(given),
      lease,
      expiry,
      maxRuntimeMs: seconds === undefined ? undefined : seconds * 1000,
      traceId: message.trace_id ?? newTraceId(core.entropy),
    };
  });
}

/** EXP-04 */
function endOf(core: Core, { expires_at: text }: LeaseConstraints): Expiry | ArcpError | undefined {
  if (text === undefined) return undefined;
  const expires = expiryOf(text, nowOf(core.clock));
  return expires.ok
    ? expires.expiry
    : invalid("/payload/lease_constraints/expires_at", expires.reason, { section: "9.5" });
}

/** Size of an input, in characters of JSON. */
export function sizeOf(input: unknown): number {
  return input === undefined ? 0 : JSON.stringify(input).length;
}

type InputOf = { readonly value: unknown } | ArcpError;

/** The input as the agent's schema makes it, or what to refuse the submit with; a promise if the schema gives one. §7.1 */
export function inputFor(
  { input: schema, restartable }: Agent,
  given: unknown,
): InputOf | Promise<InputOf> {
  // What an agent does to its input must not reach what is stored, from which it may be started again.
  const input = restartable ? structuredClone(given) : given;
  if (schema === undefined) return { value: input };
  const verdict = schema["~standard"].validate(input);
  // Any library's promise is one.
  return "then" in verdict ? Promise.resolve(verdict).then(judged) : judged(verdict);
}

function judged(verdict: InputVerdict<unknown>): InputOf {
  if (verdict.issues === undefined) return { value: verdict.value };
  const [issue] = verdict.issues;
  const path = (issue?.path ?? [])
    .map((part) => (typeof part === "object" ? part.key : part))
    .map((key) => `/${escapePointer(String(key))}`)
    .join("")
    .slice(0, 256);
  return invalid(`/payload/input${path}`, issue?.message ?? "the input does not fit the agent");
}

function invalid(
  path: string,
  text: string,
  details: Readonly<Record<string, unknown>> = {},
): ArcpError {
  return new ArcpError("INVALID_REQUEST", `${path}: ${text}`, { details: { path, ...details } });
}
