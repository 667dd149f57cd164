import { helpOf } from "./help.js";
import { UsageError } from "./options.js";
import { readArguments } from "./read.js";
import type { Given, Options, Usage } from "./read.js";

/** Whether the usage is asked for: then nothing else is looked at. */
export function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return (end < 0 ? args : args.slice(0, end)).some((it) => it === "--help" || it === "-h");
}

/** Whether JSON is asked for: a refusal is JSON then too, though nothing else of the call may be right. */
export function asksForJson({ options }: Usage, args: readonly string[]): boolean {
  const format = args.findIndex((it) => it === "--format");
  return (
    (Object.hasOwn(options, "json") && args.includes("--json")) ||
    (Object.hasOwn(options, "format") &&
      (args.includes("--format=json") || (format >= 0 && args[format + 1] === "json")))
  );
}

/** What a call that was refused says on standard output where JSON was asked for: one line, with these members. */
export function refusalAsJson(exit: number, message: string, findings: readonly object[] = []) {
  return `${JSON.stringify({ exit, error: message, findings })}\n`;
}

/**
 * What a script was called with. Prints the usage and ends the process with 0 if that is asked for; prints what is
 * wrong in one line and ends it with 2 if something is.
 */
export function calledWith<O extends Options>(
  usage: Usage<O>,
  args: readonly string[] = process.argv.slice(2),
): Given<O> {
  if (asksForHelp(args)) {
    process.stdout.write(helpOf(usage));
    process.exit(0);
  }
  try {
    return readArguments(usage, args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const line = `${error.message}; see --help`;
    if (asksForJson(usage, args)) process.stdout.write(refusalAsJson(2, line));
    process.stderr.write(`${line}\n`);
    process.exit(2);
  }
}
