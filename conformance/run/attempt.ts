/** What every attempt at a check has, whatever is under test: names, scaled time, and the means to say what is wrong. */
import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { CheckFailed, Inconclusive, NotApplicable } from "../peer/faults.js";
import type { WireLog } from "../peer/log.js";
import type { CheckDefinition } from "./check.js";
import type { Target } from "./target.js";

/** The surroundings of one attempt at one check. */
export abstract class Attempt {
  readonly log: WireLog;
  /** Observations that go into the report, whatever the verdict. */
  readonly notes: string[] = [];
  /** SHOULDs that were not met although the check goes on. */
  readonly lapses: string[] = [];
  readonly #scale: number;
  readonly #key: string;
  #count = 0;

  constructor({ seed, timeScale }: Pick<Target, "seed" | "timeScale">, log: WireLog, key: string) {
    this.log = log;
    this.#scale = timeScale;
    this.#key = `${seed}/${key}`;
  }

  /** A fresh identifier that begins with `prefix`; the seed and the check decide it. */
  readonly fresh = (prefix: string): string => {
    const hash = createHash("sha256").update(`${this.#key}/${this.#count++}`).digest("hex");
    return `${prefix}_${hash.slice(0, 26)}`;
  };

  /** Milliseconds scaled by `--time-scale`. */
  readonly scale = (ms: number): number => ms * this.#scale;

  /** Fails the check unless `condition` holds. */
  ok(condition: boolean, message: string): void {
    if (!condition) throw new CheckFailed(message);
  }

  /** Fails the check unless both are deeply equal. */
  equal(actual: unknown, expected: unknown, what: string): void {
    if (isDeepStrictEqual(actual, expected)) return;
    throw new CheckFailed(`${what}: ${show(actual)} instead of ${show(expected)}`);
  }

  /** Records a SHOULD that is not met: the check can then pass without strictness at most. */
  should(condition: boolean, message: string): void {
    if (!condition) this.lapses.push(message);
  }

  /** Ends the check: the question does not arise. */
  notApplicable(reason: string): never {
    throw new NotApplicable(reason);
  }

  /** Ends the check: it cannot be decided. */
  inconclusive(reason: string): never {
    throw new Inconclusive(reason);
  }

  /** What is granted for a start besides the deadlines, in milliseconds that are not scaled. */
  get startMs(): number {
    return 0;
  }

  /** What the check has done without having declared it, in words. */
  undeclared(_check: CheckDefinition): string | undefined {
    return undefined;
  }

  /** Ends whatever the attempt has begun. Never rejects. */
  abstract end(): void | Promise<void>;
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 300 ? `${text.slice(0, 300)} …` : text;
}
