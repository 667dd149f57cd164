import { isTerminal } from "../../generated/current/index.js";
import type { CallId, EventBody } from "../../generated/current/index.js";
import type { Cost, JobInput } from "../jobs/facts.js";
import type { Counter } from "../leases/budget.js";
import { budgetOnWire } from "../leases/budget.js";
import { leaseOnWire } from "../leases/lease.js";
import { checkEvent } from "../wire/check.js";
import { ArcpError } from "../wire/errors.js";
import { ulid } from "../wire/ids.js";
import { UNREADABLE_KIND, WITHHELD_KIND } from "../wire/withheld.js";
import { createAuthority, jobEnded } from "./authority.js";
import type { Authority } from "./authority.js";
import type { AgentContext, AuthorizedOperation, Delegate, ToolOptions } from "./context.js";
import type { Core } from "./core.js";
import type { AgentCredentials } from "./credentials/agent-credential.js";
import { checkProgress, checkTool } from "./check-doors.js";
import { agentFailure, agentMistake } from "./failures.js";
import { signalOf } from "./live.js";
import type { LiveJob } from "./live.js";
import { optional, optionally } from "./optional.js";
import { streamOnce } from "./results.js";
import type { ResultSink } from "./results.js";

/** What an agent's context does to its job. */
export interface ContextDoors {
  readonly report: (input: JobInput) => Promise<void>;
  readonly flushed: () => Promise<void>;
  /** What is left to spend: of the job's own counters, and of those above it. */
  readonly counters: () => readonly Counter[] | undefined;
  readonly delegate: Delegate;
  readonly credentials: AgentCredentials;
  /** Where a streamed result goes. */
  readonly result: ResultSink;
}

/** Kinds that are the runtime's own to emit: the agent has a door for each. */
const RUNTIME_KINDS = new Map([
  ["result_chunk", "stream"],
  ["delegate", "delegate"],
]);

/** What stands in the place of another event; it ends the reading of the job. */
const PLACEHOLDERS: ReadonlySet<string> = new Set([WITHHELD_KIND, UNREADABLE_KIND]);

/** The context that a running agent is handed. §8, §9 */
export function createContext(job: LiveJob, core: Core, doors: ContextDoors): AgentContext {
  return new Context(job, core, doors);
}

/**
 * A class, as an object literal with accessors has a hidden class of its own, for each job. Its doors are fields, so that an
 * agent can take them off.
 */
class Context implements AgentContext {
  readonly #job: LiveJob;
  readonly #core: Core;
  readonly #doors: ContextDoors;
  readonly #authority: Authority;

  readonly jobId;
  readonly agent;
  readonly principal;
  readonly traceId;
  readonly lease;
  readonly expiresAt;
  readonly useModel;
  readonly delegate;
  // What these reject with stands in the log, or did nothing.
  readonly authorize;
  readonly flush;

  #warned = false;

  constructor(job: LiveJob, core: Core, doors: ContextDoors) {
    const { state } = job;
    this.#job = job;
    this.#core = core;
    this.#doors = doors;
    this.#authority = createAuthority(
      job,
      core,
      doors.counters,
      (input) => void doors.report(input),
    );
    this.jobId = state.id;
    this.agent = state.agent;
    this.principal = state.principal;
    this.traceId = state.traceId;
    this.lease = leaseOnWire(state.lease);
    this.expiresAt = state.expiry && new Date(state.expiry.at);
    this.useModel = this.#authority.useModel;
    this.delegate = doors.delegate;
    this.authorize = optionally(this.#authority.allow);
    this.flush = optionally(doors.flushed);
  }

  get budget() {
    const counters = this.#doors.counters();
    return counters && budgetOnWire(counters);
  }

  get credentials() {
    return this.#doors.credentials.all();
  }

  get signal() {
    return signalOf(this.#job);
  }

  readonly credential: AgentContext["credential"] = (id) => this.#doors.credentials.one(id);

  readonly log: AgentContext["log"] = (level, message) => this.#emit("log", { level, message });

  readonly thought: AgentContext["thought"] = (text) => this.#emit("thought", { text });

  readonly status: AgentContext["status"] = (phase, message) =>
    this.#emit("status", { phase, ...defined({ message }) });

  readonly progress: AgentContext["progress"] = (current, total, more) => {
    if (more !== undefined) checkProgress(more);
    return this.#emit("progress", { current, ...defined({ total, ...more }) });
  };

  readonly metric: AgentContext["metric"] = (name, value, unit, dimensions) =>
    this.#emit("metric", { name, value, ...defined({ unit, dimensions }) });

  readonly artifact: AgentContext["artifact"] = (artifact) => this.#emit("artifact_ref", artifact);

  readonly emit = (kind: string, body: object): Promise<void> => this.#emit(kind, body, false);

  readonly tool: AgentContext["tool"] = (name, args, run, options) =>
    optional(this.#tool(name, args, run, options));

  readonly stream: AgentContext["stream"] = (source, options) =>
    optional(streamOnce(source, this.#doors.result, signalOf(this.#job), options));

  /** An event of the context's own making, or the agent's, of which nothing is known. */
  #emit(kind: string, body: object, known = true): Promise<void> {
    // Late words are nobody's fault and must not end the process; whoever awaits them is told.
    if (isTerminal(this.#job.state.status)) return optional(Promise.reject(jobEnded(this.#job)));
    try {
      const door = RUNTIME_KINDS.get(kind);
      if (door !== undefined) throw invalid(`events of kind ${kind} are made by ctx.${door}`);
      if (PLACEHOLDERS.has(kind)) throw invalid(`events of kind ${kind} are the runtime's own`);
      if (kind === "metric") checkMetric(body);
      const text = toJson(kind, body);
      // What is checked is what will be sent: in an object of the agent's, `toJSON` has its say.
      const sent: unknown = known ? body : JSON.parse(text);
      checkEvent(kind, sent);
      if (kind === "status") checkStatus(sent as EventBody<"status">);
      const cost = kind === "metric" ? costOf(sent as EventBody<"metric">) : undefined;
      if (cost !== undefined && cost.currency === undefined) this.#warnOfNoUnit();
      return this.#doors.report({ type: "emit", kind, body: text, cost });
    } catch (error) {
      throw ArcpError.is(error) ? agentMistake(error) : error;
    }
  }

  /** Such a cost is delivered, and charged to nobody (BUD-07, W-23): where there is a budget that is a slip, and told once. */
  #warnOfNoUnit(): void {
    if (this.#warned || this.#doors.counters() === undefined) return;
    this.#warned = true;
    const { id, agent } = this.#job.state;
    const text = "a cost without a unit is charged to nobody: give its currency as the unit";
    this.#core.logger.warn({ job: id, agent }, text);
  }

  async #tool<T>(
    name: string,
    args: Readonly<Record<string, unknown>>,
    run: (operation: AuthorizedOperation) => T | Promise<T>,
    options: ToolOptions<T> = {},
  ): Promise<T> {
    checkTool(name, args, run, options);
    const callId: CallId = `call_${ulid(this.#core.clock.wall(), this.#core.entropy)}`;
    await this.#emit("tool_call", { tool: name, args, call_id: callId });
    try {
      const operation = await this.#authority.allow(...operationOf(name, args));
      const value = await run(operation);
      const shown = options.summarise === undefined ? value : options.summarise(value);
      await this.#emit("tool_result", { call_id: callId, result: shown ?? null });
      return value;
    } catch (error) {
      // A refusal is the agent's to handle; the event tells the client of it either way.
      await this.#emitFailure(callId, error);
      throw error;
    }
  }

  /** The `tool_result` of a failure; one that cannot be sent gives way to a short one. */
  async #emitFailure(callId: CallId, thrown: unknown): Promise<void> {
    if (isTerminal(this.#job.state.status)) return;
    const error = agentFailure(thrown);
    try {
      await this.#emit("tool_result", { call_id: callId, error: error.toPayload() });
    } catch {
      const short = new ArcpError(
        error.code,
        "the tool failed, with more words than an event holds",
      );
      await this.#emit("tool_result", { call_id: callId, error: short.toPayload() });
    }
  }
}

function operationOf(
  tool: string,
  args: Readonly<Record<string, unknown>>,
): [namespace: string, target: string] {
  const name = Object.hasOwn(TARGET_ARGUMENTS, tool) ? TARGET_ARGUMENTS[tool] : undefined;
  if (name === undefined) return ["tool.call", tool];
  const target = args[name];
  if (typeof target !== "string")
    throw invalid(`${tool} takes the ${name} it is for as args.${name}`);
  return [tool, target];
}

/** Tools that are namespaces of their own, and the argument that the lease is asked for. */
const TARGET_ARGUMENTS: Readonly<Record<string, string>> = {
  "fs.read": "path",
  "fs.write": "path",
  "net.fetch": "url",
};

/** METRIC: costs are amounts, and what is left of a budget is for the runtime alone to say (W-23). */
function checkMetric({ name, value }: { readonly name?: unknown; readonly value?: unknown }): void {
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw invalid(`metric ${String(name)}: the value must be a finite number`);
  }
  if (name === "cost.budget.remaining") throw invalid(`metric ${name} is the runtime's alone`);
  if (typeof name === "string" && name.startsWith("cost.") && value < 0) {
    throw invalid(`metric ${name}: a cost is not negative`);
  }
}

/** CRED-09: that a credential was rotated is the runtime's to say, and what it says there is filled in. §8.2.5 */
function checkStatus({ phase }: EventBody<"status">): void {
  if (phase === "credential_rotated") throw invalid(`the phase ${phase} is the runtime's alone`);
}

/** What a metric is to be charged with, if it is a cost. BUD-04 */
function costOf(metric: EventBody<"metric">): Cost | undefined {
  checkMetric(metric);
  const { name, value, unit } = metric;
  return name.startsWith("cost.") ? { currency: unit, value } : undefined;
}

function toJson(kind: string, body: object): string {
  let text: string | undefined;
  let cause: unknown;
  try {
    text = JSON.stringify(body);
  } catch (error) {
    cause = error;
  }
  if (text?.startsWith("{")) return text;
  throw new ArcpError("INVALID_REQUEST", `event ${kind}: the body is not an object of JSON`, {
    cause,
  });
}

function invalid(text: string): ArcpError {
  return new ArcpError("INVALID_REQUEST", text);
}

/** Without the members that are undefined. */
function defined(members: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
