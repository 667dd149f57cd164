import type { Random } from "../torture/random.js";

/** What a target takes: texts, which is what can be made smaller. */
export type Input = readonly string[];

/** What is wrong with how something takes an input; nothing if all is well. At once, or once it was tried. */
export type Check = (input: Input) => string | undefined | Promise<string | undefined>;

/** Something of ours that is fuzzed. */
export interface Target {
  readonly name: string;
  make(random: Random): Input;
  /** What throws is wrong too. */
  readonly check: Check;
  /** The same with bugs in it, each of which has to be found. */
  readonly bugs: readonly Bug[];
}

/** A bug that could be ours, planted. */
export interface Bug {
  readonly name: string;
  readonly check: Check;
}

/** A target whose check takes what it checks as an argument, so that bugs can take its place. */
export function target<Subject>(options: {
  readonly name: string;
  readonly make: (random: Random) => Input;
  readonly subject: Subject;
  readonly check: (subject: Subject, input: Input) => ReturnType<Check>;
  readonly bugs: Readonly<Record<string, Subject>>;
}): Target {
  const { name, make, subject, check } = options;
  return {
    name,
    make,
    check: (input) => check(subject, input),
    bugs: Object.entries(options.bugs).map(([bug, planted]) => ({
      name: bug,
      check: (input) => check(planted, input),
    })),
  };
}

/** Several of these, one after the other. */
export function some(random: Random, most: number, pieces: readonly string[]): string {
  let text = "";
  for (let left = random.between(0, most); left > 0; left -= 1) text += random.pick(pieces);
  return text;
}
