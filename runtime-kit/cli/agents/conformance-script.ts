/** The agent whose input is its program, as `conformance/script.md` describes it. */
import { scriptAgent, scriptDefaultVersion, scriptVersions } from "../../../conformance/script.js";
import type { CallId, Namespace } from "../../../generated/current/index.js";
import type { AgentContext } from "../../runtime/context.js";
import { defineAgent } from "../../runtime/define.js";
import type { Agent } from "../../runtime/define.js";
import { ArcpError } from "../../wire/errors.js";
import { deferred } from "../deferred.js";
import { gateNamed, openGate } from "./gates.js";
import { pause } from "./pause.js";
import { readProgram } from "./script-steps.js";
import type { Step } from "./script-steps.js";
import { suiteUpstream } from "./suite-upstream.js";

/** Both versions; the one that is registered last is the default. */
export const conformanceScripts: readonly Agent[] = scriptVersions
  .toSorted((a, b) => Number(a === scriptDefaultVersion) - Number(b === scriptDefaultVersion))
  .map((version) => defineAgent({ name: scriptAgent, version, run: perform }));

async function perform(input: unknown, ctx: AgentContext) {
  const program = play(input, ctx);
  const first = await program.next();
  if (first.done === true) return first.value;
  return ctx.stream(
    (async function* () {
      yield first.value;
      const value = yield* program;
      if (value !== null) throw new TypeError("a streamed result and a value exclude each other");
    })(),
  );
}

type Piece = string | Uint8Array;

/** A few bytes of a program must not fill the memory of the process that hosts everybody's agents. */
const MAX_PIECE_BYTES = 64 * 1024 * 1024;

/** Performs the steps; yields the pieces of the streamed result, and returns the one that is not. */
async function* play(input: unknown, ctx: AgentContext): AsyncGenerator<Piece, unknown> {
  const never = new AbortController().signal;
  let signal = ctx.signal;
  for (const step of readProgram(input)) {
    switch (step.op) {
      case "chunk":
        yield pieceOf(step);
        break;
      case "return":
        return step.value ?? null;
      case "await-cancel":
        await aborted(ctx.signal);
        // From now on the program is one that does not listen.
        signal = never;
        break;
      default:
        await take(step, ctx, signal);
    }
  }
  return null;
}

type PlainStep = Exclude<Step, { op: "chunk" | "return" | "await-cancel" }>;

async function take(step: PlainStep, ctx: AgentContext, signal: AbortSignal): Promise<void> {
  switch (step.op) {
    case "emit":
      // The suite sends what no type allows, to see what the runtime makes of it.
      return ctx.emit(step.kind as `x-vendor.${string}`, bodyOf(step));
    case "print":
      process.stdout.write(`${step.text}\n`);
      return;
    case "burst":
      for (let at = 0; at < step.count; at++) await ctx.log("info", `burst ${at}`);
      return;
    case "whoami":
      return ctx.log("info", ctx.agent);
    case "sleep":
      return pause(step.ms, signal);
    case "gate":
      return until(gateNamed(step.name), signal);
    case "open":
      await ctx.flush();
      return openGate(step.name);
    case "op":
      return operate(step, ctx);
    case "cost":
      return spend(step, ctx);
    case "delegate":
      return delegate(step, ctx);
    case "rotate":
      await suiteUpstream.rotate(ctx.jobId);
      return ctx.flush();
    case "present": {
      const { call_id, value } = step;
      return ctx.emit("tool_result", {
        call_id: call_id as CallId,
        result: { accepted: suiteUpstream.accepts(value) },
      });
    }
    case "throw": {
      const { message, code, retryable } = step;
      throw Object.assign(new Error(message), { code, retryable });
    }
  }
}

function bodyOf({ body, pad }: Extract<Step, { op: "emit" }>) {
  if (pad === undefined) return body;
  if (pad > MAX_PIECE_BYTES) throw new RangeError(`emit: pad is at most ${MAX_PIECE_BYTES}`);
  return { ...body, pad: "x".repeat(pad) };
}

async function operate(step: Extract<Step, { op: "op" }>, ctx: AgentContext): Promise<void> {
  const call_id: CallId = step.call_id;
  const error = await refusalOf(() =>
    // The suite asks for namespaces that no type allows.
    ctx.authorize(step.namespace as Namespace, step.target),
  );
  const outcome = error === undefined ? { result: { authorized: true } } : { error };
  return ctx.emit("tool_result", { call_id, ...outcome });
}

async function spend(step: Extract<Step, { op: "cost" }>, ctx: AgentContext): Promise<void> {
  const { value, unit, name = "cost.conformance" } = step;
  const call_id: CallId = step.call_id;
  const error = await refusalOf(() => ctx.metric(name, Number(value), unit));
  if (error !== undefined) await ctx.emit("tool_result", { call_id, error });
}

async function delegate(step: Extract<Step, { op: "delegate" }>, ctx: AgentContext): Promise<void> {
  const { delegate_id: id, agent = scriptAgent, steps, lease, expires_at, wait } = step;
  const ask = async (): Promise<void> => {
    const child = await ctx.delegate(
      agent,
      { steps },
      {
        id,
        ...(lease === undefined ? {} : { lease }),
        ...(expires_at === undefined ? {} : { expiresAt: expires_at }),
      },
    );
    if (wait === true) await child.result();
  };
  // What is refused, or how a child failed, the runtime tells.
  await refusalOf(ask);
  ctx.signal.throwIfAborted();
}

/** What the runtime says to what it refuses; any other failure is one of the program. */
async function refusalOf(ask: () => Promise<unknown>) {
  try {
    await ask();
    return undefined;
  } catch (error) {
    if (!(error instanceof ArcpError)) throw error;
    const { code, message, retryable } = error.toPayload();
    return { code, message, retryable };
  }
}

function pieceOf({ data, encoding, repeat = 1 }: Extract<Step, { op: "chunk" }>): Piece {
  const once = Buffer.from(data, encoding === "base64" ? "base64" : "utf8");
  const size = once.length * Math.trunc(repeat);
  if (size > MAX_PIECE_BYTES) {
    throw new RangeError(`chunk: ${size} bytes in one piece, which may have ${MAX_PIECE_BYTES}`);
  }
  if (encoding !== "base64") return data.repeat(repeat);
  return once.length === 0 ? once : Buffer.alloc(size, once);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

async function until(gate: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise: stopped, reject } = deferred<never>();
  const stop = (): void => reject(signal.reason as Error);
  signal.addEventListener("abort", stop, { once: true });
  try {
    await Promise.race([gate, stopped]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
