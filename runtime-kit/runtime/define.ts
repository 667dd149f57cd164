import { isPlain, kindOf } from "../wire/options.js";
import type { AgentContext, StreamedResult } from "./context.js";

/**
 * As much of Standard Schema v1 as an agent's input needs: what zod, valibot, arktype and others have.
 */
export interface InputSchema<Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => InputVerdict<Input> | Promise<InputVerdict<Input>>;
    readonly types?: { readonly input: unknown; readonly output: Input } | undefined;
  };
}

/** What validating an input comes to. */
export type InputVerdict<Input> =
  | { readonly value: Input; readonly issues?: undefined }
  | {
      readonly issues: readonly {
        readonly message: string;
        readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
      }[];
    };

/** An agent: a name, a version, and the function that does a job. §7.5 */
export interface AgentDefinition<Input = unknown, Output = unknown> {
  /** Lowercase letters, digits, `.`, `_` and `-`. */
  readonly name: string;
  /** Opaque to the protocol; `1.0.0` if absent. Several versions of one name may be registered. */
  readonly version?: string;
  /** Bad input is `INVALID_REQUEST`, before the job exists. */
  readonly input?: InputSchema<Input>;
  /**
   * Whether a job of this agent may be started again, from the beginning, after the runtime's process died in the
   * middle. By default it ends with a retryable `INTERNAL_ERROR`: only the agent knows whether what it does may be
   * done twice. A job that had begun to stream its result, or was cancelled, never starts again. §7.3
   */
  readonly restartable?: boolean;
  /**
   * Does the job. What it returns is the result; what it throws ends the job in an error: an
   * `ArcpError` as it is, anything else as `INTERNAL_ERROR` without its text's stack.
   */
  run(
    input: Input,
    context: AgentContext,
  ): Output | StreamedResult | Promise<Output | StreamedResult>;
}

/** An agent as a runtime takes it, whatever its input and output. */
export interface Agent {
  readonly name: string;
  readonly version: string;
  readonly input: InputSchema<unknown> | undefined;
  readonly restartable: boolean;
  readonly run: (input: unknown, context: AgentContext) => unknown;
}

const MEMBERS: readonly string[] = [
  "name",
  "version",
  "input",
  "restartable",
  "run",
] satisfies readonly (keyof AgentDefinition<unknown, unknown>)[];
const NAME = /^[a-z0-9][a-z0-9._-]*$/;
const VERSION = /^[a-zA-Z0-9.+_-]+$/;

/**
 * Defines an agent. Throws a `TypeError` for a name or version that no client could ask for, and for an `input` that
 * cannot validate.
 */
export function defineAgent<Input = unknown, Output = unknown>(
  definition: AgentDefinition<Input, Output>,
): Agent {
  if (!isPlain(definition)) {
    throw new TypeError(
      `an agent is an object with a name and a function run; got ${kindOf(definition)}`,
    );
  }
  const unknown = Object.keys(definition).find((key) => !MEMBERS.includes(key));
  if (unknown !== undefined) {
    throw new TypeError(
      `an agent has no ${JSON.stringify(unknown)}; its members are ${MEMBERS.join(", ")}`,
    );
  }
  const { name, version = "1.0.0", input, restartable = false } = definition;
  if (typeof name !== "string" || !NAME.test(name))
    throw new TypeError(`agent name ${quoted(name)} must match ${NAME}`);
  if (typeof definition.run !== "function")
    throw new TypeError(`agent ${name} has no function run`);
  if (typeof version !== "string" || !VERSION.test(version)) {
    throw new TypeError(`version ${quoted(version)} of agent ${name} must match ${VERSION}`);
  }
  if (input !== undefined && !isSchema(input)) {
    throw new TypeError(
      `input of agent ${name} must be a Standard Schema, as zod, valibot and arktype make them ` +
        'or { "~standard": { version: 1, vendor, validate } }; a JSON Schema is none',
    );
  }
  return {
    name,
    version,
    input,
    restartable,
    // The schema, if any, made an Input of it before the job was accepted.
    run: (value, context) => definition.run(value as Input, context),
  };
}

/** A text in quotes; what is none, by its kind. */
function quoted(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : `(${kindOf(value)})`;
}

/** Whether it can validate; the schemas of some libraries are functions. */
function isSchema(input: unknown): boolean {
  if ((typeof input !== "object" || input === null) && typeof input !== "function") return false;
  const standard = (input as Partial<InputSchema<unknown>>)["~standard"] as unknown;
  return (
    typeof standard === "object" &&
    standard !== null &&
    typeof (standard as { readonly validate?: unknown }).validate === "function"
  );
}
