/**
 * The language of the agent `conformance.script`, which an implementation hosts for rung R2.
 * The input of the job is the program. `script.md` says what each step does, in any language.
 */

/** The name under which the agent is registered. §7.5 */
export const scriptAgent = "conformance.script";

/** The versions that must be registered. §7.5 */
export const scriptVersions = ["1.0.0", "2.0.0"] as const;

/** The version that a bare name resolves to. §7.5 */
export const scriptDefaultVersion = "2.0.0";

/** Appends one job event as it stands. The body is not looked at by the agent. */
interface EmitStep {
  readonly op: "emit";
  readonly kind: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Adds a member `pad` of so many `x` to the body, for events that no submit could hold. */
  readonly pad?: number;
}

/** Writes a line to the standard output of the process, as agents do that were not made for this. §4.2 */
interface PrintStep {
  readonly op: "print";
  readonly text: string;
}

/** Appends `count` events `log { level: "info", message: "burst N" }`, N from 0. */
interface BurstStep {
  readonly op: "burst";
  readonly count: number;
}

/** Appends one event `log { level: "info", message: "conformance.script@<version that runs>" }`. */
interface WhoamiStep {
  readonly op: "whoami";
}

/** Waits `ms` milliseconds. A cancellation ends the wait and the program. */
interface SleepStep {
  readonly op: "sleep";
  readonly ms: number;
}

/** Waits until any job of this process has opened the gate `name`. A cancellation ends the wait and the program. */
interface GateStep {
  readonly op: "gate";
  readonly name: string;
}

/** Opens the gate `name` for good, after all earlier events were handed to the runtime for sending. */
interface OpenStep {
  readonly op: "open";
  readonly name: string;
}

/**
 * Asks the runtime to authorise one operation and performs nothing. The answer is one event
 * `tool_result { call_id, result: { authorized: true } }` or `tool_result { call_id, error }`; the program goes on. §9.3
 */
interface OpStep {
  readonly op: "op";
  readonly namespace: string;
  readonly target: string;
  readonly call_id: string;
}

/**
 * Reports a cost: one event `metric { name, value, unit }`, named `cost.conformance` by default. `value` may be a text
 * for what JSON has no number for: `NaN`, `Infinity`, `-Infinity`. What the runtime refuses is told by one event
 * `tool_result { call_id, error }`, and the program goes on. §9.6
 */
interface CostStep {
  readonly op: "cost";
  readonly value: number | "NaN" | "Infinity" | "-Infinity";
  readonly unit?: string;
  readonly name?: string;
  readonly call_id: string;
}

/**
 * Asks the runtime for a child, which runs `steps` as another job of the script agent. What comes of it the runtime
 * tells by itself: `delegate` and `job.accepted`, or `tool_result` with the `delegate_id` as its `call_id`; the agent
 * reports nothing, and goes on: at once, or, with `wait`, when the child has ended. §10
 */
interface DelegateStep {
  readonly op: "delegate";
  readonly delegate_id: string;
  readonly steps: readonly ScriptStep[];
  /** The agent to ask for, as the agent of a submit; `conformance.script` by default. */
  readonly agent?: string;
  /** What the child asks for; nothing by default. */
  readonly lease?: Readonly<Record<string, readonly string[]>>;
  readonly expires_at?: string;
  readonly wait?: boolean;
}

/**
 * Adds one piece to the job's streamed result: `data` (text, or base64 of bytes when `encoding` is `base64`),
 * repeated `repeat` times within the piece. The stream ends with the program. §8.4
 */
interface ChunkStep {
  readonly op: "chunk";
  readonly data: string;
  readonly encoding?: "utf8" | "base64";
  readonly repeat?: number;
}

/**
 * Has the credentials of the job rotated, once, and goes on when that is announced. Only for runtimes with
 * `provisioned_credentials`. §9.8
 */
interface RotateStep {
  readonly op: "rotate";
}

/**
 * Presents a credential's value to the upstream of the runtime, of this job or of any other. The answer is one event
 * `tool_result { call_id, result: { accepted } }`, where `accepted` is whether the upstream takes it. §9.8
 */
interface PresentStep {
  readonly op: "present";
  /** As the base64 of its UTF-8: a submit may hold no live value (CRED-25). */
  readonly value: string;
  readonly call_id: string;
}

/** Waits until the job is cancelled; the program then goes on, and no later wait is cut short. §7.4 */
interface AwaitCancelStep {
  readonly op: "await-cancel";
}

/** Ends the program; the job's result is `value` (`null` when absent). Not allowed after a `chunk`. */
interface ReturnStep {
  readonly op: "return";
  readonly value?: unknown;
}

/** Ends the program with an error of the agent. `code` is the agent's own word. §12 */
interface ThrowStep {
  readonly op: "throw";
  readonly message: string;
  readonly code?: string;
  readonly retryable?: boolean;
}

/** One step of a program. */
export type ScriptStep =
  | EmitStep
  | PrintStep
  | BurstStep
  | WhoamiStep
  | SleepStep
  | GateStep
  | OpenStep
  | OpStep
  | CostStep
  | DelegateStep
  | ChunkStep
  | RotateStep
  | PresentStep
  | AwaitCancelStep
  | ReturnStep
  | ThrowStep;
