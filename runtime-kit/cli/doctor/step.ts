/** One thing after another, each with a deadline, until there is no point in going on. */
import { Exit } from "../exit.js";
import type { ExitCode } from "../exit.js";

/** What came of one step. */
export interface Step {
  readonly name: string;
  readonly status: "ok" | "failed" | "skipped";
  /** How long it took, in milliseconds. */
  readonly ms: number;
  readonly detail: string;
  /** What to do about a failure. */
  readonly advice?: string;
  /** For programs. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** What a step that went well has to say. */
export interface Finding {
  readonly detail: string;
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** A step found what is wrong. */
export class StepFailed extends Error {
  override readonly name = "StepFailed";
  readonly advice: string;
  readonly exit: ExitCode;
  readonly facts: Step["facts"];

  constructor(
    message: string,
    advice: string,
    exit: ExitCode = Exit.Unreachable,
    facts?: Step["facts"],
  ) {
    super(message);
    this.advice = advice;
    this.exit = exit;
    this.facts = facts;
  }
}

/** A step has nothing to look at here. */
export class StepSkipped extends Error {
  override readonly name = "StepSkipped";
}

/** How a step is taken. */
export interface StepOptions<T> {
  /** What to say when the deadline has passed. */
  readonly late: { readonly message: string; readonly advice: string };
  readonly run: (signal: AbortSignal) => Promise<T>;
  /** What to tell of what came of it. */
  readonly tell: (value: T) => Finding;
  /** Whether the steps after it can do without it. */
  readonly optional?: boolean;
}

export class Steps {
  /** The names of those that failed. */
  readonly failed: string[] = [];
  /** The exit code of the first failure. */
  exit: ExitCode = Exit.Success;
  readonly #report: (step: Step) => Promise<void>;
  readonly #timeoutMs: number;
  #over = false;

  constructor(report: (step: Step) => Promise<void>, timeoutMs: number) {
    this.#report = report;
    this.#timeoutMs = timeoutMs;
  }

  /** Takes a step; gives nothing if it failed, was skipped, or is not reached any more. */
  async take<T>(name: string, options: StepOptions<T>): Promise<T | undefined> {
    if (this.#over) {
      await this.#report({ name, status: "skipped", ms: 0, detail: "not reached" });
      return undefined;
    }
    const started = performance.now();
    const elapsed = (): number => Math.round((performance.now() - started) * 10) / 10;
    try {
      const value = await this.#inTime(options);
      await this.#report({ name, status: "ok", ms: elapsed(), ...options.tell(value) });
      return value;
    } catch (error) {
      if (error instanceof StepSkipped) {
        await this.#report({ name, status: "skipped", ms: elapsed(), detail: error.message });
        return undefined;
      }
      if (!(error instanceof StepFailed)) throw error;
      this.failed.push(name);
      if (this.exit === Exit.Success) this.exit = error.exit;
      this.#over ||= options.optional !== true;
      const { message: detail, advice, facts } = error;
      const failed = { name, status: "failed", ms: elapsed(), detail, advice } as const;
      await this.#report({ ...failed, ...(facts === undefined ? {} : { facts }) });
      return undefined;
    }
  }

  async #inTime<T>({ run, late }: StepOptions<T>): Promise<T> {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const deadline = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        const within = `${late.message} within ${this.#timeoutMs / 1000} s`;
        reject(new StepFailed(within, late.advice));
        abort.abort();
      }, this.#timeoutMs);
    });
    try {
      return await Promise.race([run(abort.signal), deadline]);
    } finally {
      clearTimeout(timer);
    }
  }
}
