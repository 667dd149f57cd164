import { isTerminal } from "../../generated/current/index.js";
import type { CallId, EventBody } from "../../generated/current/index.js";
import type { Cost, JobInput } from "../jobs/facts.js";
import type { Counter } from "../leases/budget.js";
import { budgetOnWire } from "../leases/budget.js";
import { leaseOnWire } from "../leases/lease.js";
import { checkEvent } from "../wire/check.js";
import { ArcpError } from "../wire/errors.js";
import { ulid } from "../wire/ids.js";
import { createAuthority, jobEnded } from "./authority.js";
import type { AgentContext, AuthorizedOperation, Delegate, ToolOptions } from "./context.js";
import type { Core } from "./core.js";
import type { AgentCredentials } from "./credentials/agent-credential.js";
import { agentFailure, agentMistake } from "./failures.js";
import { signalOf } from "./live.js";
import type { LiveJob } from "./live.js";
import { streamResult } from "./results.js";
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

/** The context that a running agent is handed. §8, §9 */
export function createContext(job: LiveJob, core: Core, doors: ContextDoors): AgentContext {
  const { state } = job;
  const authority = createAuthority(job, core, doors.counters, (input) => void doors.report(input));

  /** An event of the context's own making, or the agent's, of which nothing is known. */
  function emit(kind: string, body: object, known = true): Promise<void> {
    // Late words are nobody's fault and must not end the process; whoever awaits them is told.
    if (isTerminal(state.status)) return settledRejection(jobEnded(job));
    try {
      const door = RUNTIME_KINDS.get(kind);
      if (door !== undefined) throw invalid(`events of kind ${kind} are made by ctx.${door}`);
      if (kind === "metric") checkMetric(body);
      const text = toJson(kind, body);
      // What is checked is what will be sent: in an object of the agent's, `toJSON` has its say.
      const sent: unknown = known ? body : JSON.parse(text);
      checkEvent(kind, sent);
      if (kind === "status") checkStatus(sent as EventBody<"status">);
      const cost = kind === "metric" ? costOf(sent as EventBody<"metric">) : undefined;
      return doors.report({ type: "emit", kind, body: text, cost });
    } catch (error) {
      throw ArcpError.is(error) ? agentMistake(error) : error;
    }
  }

  /** The `tool_result` of a failure; one that cannot be sent gives way to a short one. */
  async function emitFailure(callId: CallId, thrown: unknown): Promise<void> {
    if (isTerminal(state.status)) return;
    const error = agentFailure(thrown);
    try {
      await emit("tool_result", { call_id: callId, error: error.toPayload() });
    } catch {
      const short = new ArcpError(
        error.code,
        "the tool failed, with more words than an event holds",
      );
      await emit("tool_result", { call_id: callId, error: short.toPayload() });
    }
  }

  async function tool<T>(
    name: string,
    args: Readonly<Record<string, unknown>>,
    run: (operation: AuthorizedOperation) => T | Promise<T>,
    options: ToolOptions<T> = {},
  ): Promise<T> {
    const callId: CallId = `call_${ulid(core.clock.wall(), core.entropy)}`;
    await emit("tool_call", { tool: name, args, call_id: callId });
    try {
      const operation = await authority.allow(...operationOf(name, args));
      const value = await run(operation);
      const shown = options.summarise === undefined ? value : options.summarise(value);
      await emit("tool_result", { call_id: callId, result: shown ?? null });
      return value;
    } catch (error) {
      // A refusal is the agent's to handle; the event tells the client of it either way.
      await emitFailure(callId, error);
      throw error;
    }
  }

  return {
    jobId: state.id,
    agent: state.agent,
    principal: state.principal,
    traceId: state.traceId,
    lease: leaseOnWire(state.lease),
    expiresAt: state.expiry && new Date(state.expiry.at),
    get budget() {
      const counters = doors.counters();
      return counters && budgetOnWire(counters);
    },
    get credentials() {
      return doors.credentials.all();
    },
    credential: (id) => doors.credentials.one(id),
    get signal() {
      return signalOf(job);
    },
    log: (level, message) => emit("log", { level, message }),
    thought: (text) => emit("thought", { text }),
    status: (phase, message) => emit("status", { phase, ...defined({ message }) }),
    progress: (current, total, more = {}) =>
      emit("progress", { current, ...defined({ total, ...more }) }),
    metric: (name, value, unit, dimensions) =>
      emit("metric", { name, value, ...defined({ unit, dimensions }) }),
    artifact: (artifact) => emit("artifact_ref", artifact),
    emit: (kind: string, body: object) => emit(kind, body, false),
    tool,
    authorize: authority.allow,
    useModel: authority.useModel,
    delegate: doors.delegate,
    stream: (source, options) => streamResult(source, doors.result, signalOf(job), options),
    flush: () => doors.flushed(),
  };
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

/** A rejection that nobody has to handle. */
function settledRejection(reason: Error): Promise<never> {
  const rejected = Promise.reject(reason);
  rejected.catch(() => {});
  return rejected;
}

function invalid(text: string): ArcpError {
  return new ArcpError("INVALID_REQUEST", text);
}

/** Without the members that are undefined. */
function defined(members: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
