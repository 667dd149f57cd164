import type {
  Budget,
  EventBody,
  EventKind,
  JobId,
  Lease,
  Namespace,
} from "../../generated/current/index.js";
import type { LeaseRequest, VendorNamespace } from "../wire/lease-request.js";
import type { AgentCredential } from "./credentials/agent-credential.js";

export type { AgentCredential } from "./credentials/agent-credential.js";

/** Log levels by convention; any other word is delivered too. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** An operation that the lease allowed: do exactly this. §9.3 */
export interface AuthorizedOperation {
  readonly namespace: string;
  /** Canonical: for `fs.*` the real path, with links resolved; for `net.fetch` the URL with its query. */
  readonly target: string;
}

/** Options of `ctx.tool`. */
export interface ToolOptions<T> {
  /** What of the tool's value stands in the `tool_result` event; the value itself by default. */
  readonly summarise?: (value: T) => unknown;
}

/** Options of `ctx.delegate`: what the child may do, spend and take, always within what its parent has. */
export interface DelegateOptions {
  /** Nothing by default. A `cost.budget` is set aside from the parent's; without one the child spends the parent's. §9.4 */
  readonly lease?: LeaseRequest;
  /** No later than the parent's, which is the default; a string is RFC 3339 in UTC. */
  readonly expiresAt?: string | Date;
  /** Longest run in seconds. */
  readonly maxRuntimeSec?: number;
  /**
   * Names the delegation within the job; one of its own by default. An agent that may be started again finds by it the
   * child that it had made before. An id that was given before **is** that child, whatever else is asked for with it: agent,
   * input and lease of the second call are not looked at, and `agent` and `lease` of what comes back say what it has (DEL-09).
   */
  readonly id?: string;
}

/** A job that this one delegated. §10 */
export interface DelegatedJob<Result = unknown> {
  readonly jobId: JobId;
  readonly delegateId: string;
  /** The agent that runs, `name@version`. */
  readonly agent: string;
  readonly lease: Lease;
  /**
   * Resolves with the child's result, a streamed one as text or as bytes, once it is durable; rejects with the `ArcpError`
   * that the child ended in. A method, so that a child nobody waits for rejects nothing.
   */
  result(): Promise<Result>;
  /** Asks the child to end; resolves once that is durable. Nothing happens to one that has ended. */
  cancel(reason?: string): Promise<void>;
}

/** `ctx.delegate` */
export type Delegate = <Result = unknown>(
  agent: string,
  input?: unknown,
  options?: DelegateOptions,
) => Promise<DelegatedJob<Result>>;

declare const streamed: unique symbol;

/** What `ctx.stream` gives and `run` returns: the result went out in chunks. */
export interface StreamedResult {
  readonly [streamed]: true;
}

/**
 * What an agent has while it runs. Reporting keeps its order and never waits by itself; what it
 * returns may be awaited, and then it waits as soon as much is on its way: until all but the last of it is durable,
 * and for the slowest attached reader. Every operation with authority goes through `tool` or `authorize`. Once the job has ended,
 * however it did, every door throws. Hand it on as it is: `{ ...ctx }` has no `signal`, `budget` and `credentials`. §8, §9
 */
export interface AgentContext {
  readonly jobId: JobId;
  /** The agent that runs, `name@version`. */
  readonly agent: string;
  /** Whom the job runs for. */
  readonly principal: string;
  /** 32 hexadecimal digits; pass it on to what the agent calls. §11 */
  readonly traceId: string;
  readonly lease: Lease;
  /** When the lease ends: from then on every operation is refused, and a second later the job ends. §9.5 */
  readonly expiresAt: Date | undefined;
  /** What is left to spend, by currency, at this moment; absent where the lease names no budget. §9.6 */
  readonly budget: Budget | undefined;
  /** What was issued for this job, and for no other; empty where nothing was. §9.8 */
  readonly credentials: readonly AgentCredential[];
  /**
   * One of them; without an id the only one. Throws an `ArcpError` if there is none. Reporting its value, in an event or
   * in the result, is refused.
   */
  credential(id?: string): AgentCredential;
  /** Aborts with an `ArcpError` as its reason: `CANCELLED`, `TIMEOUT`, `LEASE_EXPIRED`, or why the runtime ended the job. */
  readonly signal: AbortSignal;

  log(level: LogLevel | (string & {}), message: string): Promise<void>;
  thought(text: string): Promise<void>;
  status(phase: string, message?: string): Promise<void>;
  /** `current` of `total`; without `total` the end is unknown. Recorded if the session negotiated `progress`. */
  progress(
    current: number,
    total?: number,
    more?: { readonly units?: string; readonly message?: string },
  ): Promise<void>;
  /**
   * Reports a number. One whose name begins with `cost.` is charged to the budget in the currency `unit`, after which
   * the runtime reports what is left. In a unit that the budget does not have, or without one, it is charged to nobody; in
   * the latter case the runtime's log says so. Throws for a cost that is negative or no finite number. §9.6
   */
  metric(
    name: string,
    value: number,
    unit?: string,
    dimensions?: Readonly<Record<string, string>>,
  ): Promise<void>;
  artifact(artifact: EventBody<"artifact_ref">): Promise<void>;
  /** Reports an event of any kind: one of the draft's, or a vendor's, `x-vendor.acme.thing`. */
  emit<K extends EventKind>(kind: K, body: EventBody<K>): Promise<void>;
  emit(kind: `x-vendor.${string}`, body: Readonly<Record<string, unknown>>): Promise<void>;

  /**
   * One authorised call: `tool_call`, the lease, `run`, `tool_result`. Tools named `fs.read` and
   * `fs.write` are checked for `args.path` in that namespace, `net.fetch` for `args.url`, any other for
   * its name in `tool.call`.
   * Rejects with the `ArcpError` of the lease, which the job survives, or with what `run` threw.
   */
  tool<T>(
    tool: string,
    args: Readonly<Record<string, unknown>>,
    run: (operation: AuthorizedOperation) => T | Promise<T>,
    options?: ToolOptions<T>,
  ): Promise<T>;
  /**
   * Asks the lease for an operation that is not a tool's, in a namespace of the draft's or one that the
   * runtime was made with. Rejects with `LEASE_EXPIRED`, `PERMISSION_DENIED` or `BUDGET_EXHAUSTED`, asked in this
   * order. What was allowed is allowed now: ask again before the next time.
   */
  authorize(namespace: Namespace | VendorNamespace, target: string): Promise<AuthorizedOperation>;
  /**
   * Asks the lease for a model, right before it is called, and returns its name. Throws as `authorize` rejects. A job
   * whose lease has no `model.use` may use the models that the operator registered, and no others. §9.7
   */
  useModel(name: string): string;

  /**
   * Has another agent work under a part of this job's lease: asks `agent.delegate` for its name, and resolves with the
   * child once it is durable. The child runs beside this job, its events stand in the same session, and it is
   * cancelled when this job ends, for whatever reason. Rejects with `PERMISSION_DENIED`, `LEASE_SUBSET_VIOLATION`, or
   * what a submit would be refused with, which the job survives. §10
   */
  readonly delegate: Delegate;

  /**
   * Streams the result: text or bytes, in pieces of any size. Return what it gives: a job has one result, so that one
   * which is neither returned nor awaited, or has a value or another stream beside it, ends the job in an error. §8.4
   */
  stream(
    source: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
    options?: { readonly summary?: string },
  ): Promise<StreamedResult>;
  /** Resolves once all that was reported is durable. */
  flush(): Promise<void>;
}
