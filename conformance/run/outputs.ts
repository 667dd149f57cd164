/** Where a run of the suite says what it says. */
import type { Write } from "./progress.js";

/** As the options of both suites have them. */
export interface OutputOptions {
  /** Where text goes. Default: standard output. */
  readonly write?: Write;
  /** Is told why there was no run, in one line without its end. Default: standard error, after `arcp: `. */
  readonly complain?: Write;
  /** Whether that is a terminal. Default: whether standard output is one. */
  readonly terminal?: boolean;
}

/** The options, with what stands for those that were left out. */
export function outputsOf(options: OutputOptions): Required<OutputOptions> {
  return {
    write: options.write ?? ((text) => void process.stdout.write(text)),
    complain: options.complain ?? ((text) => void process.stderr.write(`arcp: ${text}\n`)),
    terminal: options.terminal ?? process.stdout.isTTY === true,
  };
}

/** Says which of the options there is not, if one is: misspelt, `strict` would let pass what it is there to find. */
export function unknownOption(
  options: object,
  names: Readonly<Record<string, true>>,
): string | undefined {
  const odd = Object.keys(options).find((name) => !Object.hasOwn(names, name));
  if (odd === undefined) return undefined;
  return `there is no option ${JSON.stringify(odd)}; there are ${Object.keys(names).join(", ")}`;
}

/** The names of what both suites take. */
export const COMMON_OPTIONS = {
  timeScale: true,
  parallel: true,
  seed: true,
  only: true,
  strict: true,
  onReport: true,
  reportDir: true,
  write: true,
  complain: true,
  terminal: true,
} as const;
