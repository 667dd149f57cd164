/** The suite for clients as a function: give it a client that does as it is told, get a report and an exit code. */
import { randomBytes } from "node:crypto";
import { requirements } from "../../generated/current/requirements.js";
import { Unreachable } from "../peer/faults.js";
import { buildReport } from "../report/report.js";
import { deliver, type ReportOptions } from "../report/write.js";
import type { Check } from "../run/check.js";
import { COMMON_OPTIONS, outputsOf, unknownOption, type OutputOptions } from "../run/outputs.js";
import { progress } from "../run/progress.js";
import { register } from "../run/registry.js";
import { runAll } from "../run/runner.js";
import { select } from "../run/select.js";
import { conclude, exits } from "../run/verdict.js";
import { clientBench, presentClient } from "./bench.js";
import { clientChecks } from "./checks/index.js";
import { frozenClientIds } from "./frozen.js";
import { commandDriver } from "./link.js";
import { faultNames } from "./small/faults.js";
import type { ClientTrial } from "./trial.js";

/** What to test, and how. */
export interface ClientConformanceOptions extends OutputOptions, ReportOptions {
  /** The command of the driver, and its arguments. */
  readonly command: readonly [string, ...string[]];
  /** Factor of every deadline. Default 1. */
  readonly timeScale?: number;
  /** Checks at the same time. Default 4. */
  readonly parallel?: number;
  /** Makes names and nonces. Default: fresh for each run. */
  readonly seed?: string;
  /** Runs only checks whose id contains one of these texts. */
  readonly only?: readonly string[];
  /** Whether SHOULDs count for the exit code. */
  readonly strict?: boolean;
}

const OPTIONS: Readonly<Record<keyof ClientConformanceOptions, true>> = {
  command: true,
  ...COMMON_OPTIONS,
};

/** The checks of clients, proven sound. Throws a `RegistryError` otherwise. */
export function soundClientChecks(): readonly Check<ClientTrial>[] {
  return register(clientChecks, {
    requirements: new Set(Object.keys(requirements)),
    mutants: faultNames,
    frozen: frozenClientIds,
  });
}

/**
 * Runs the suite against a client and resolves with the exit code: 0 conformant, 1 a MUST failed, 2 wrong usage,
 * 3 incomplete, 4 harness error or no driver, 5 only SHOULDs failed under `strict`.
 */
export async function conformanceClient(options: ClientConformanceOptions): Promise<number> {
  const { write, complain, terminal } = outputsOf(options);
  const unknown = unknownOption(options, OPTIONS);
  if (unknown !== undefined) {
    complain(unknown);
    return exits.usage;
  }
  const checks = select(soundClientChecks(), options.only);
  if (checks.length === 0) {
    complain(`no check of clients has ${options.only?.join(" or ")} in its id`);
    return exits.usage;
  }
  const [command, ...args] = options.command;
  const target = {
    start: commandDriver(command, args),
    command: options.command.join(" "),
    timeScale: options.timeScale ?? 1,
    seed: options.seed ?? randomBytes(6).toString("hex"),
  };
  try {
    const startedAt = new Date();
    const began = performance.now();
    const presented = await presentClient(target);
    const results = await runAll(checks, clientBench(target, presented), {
      ...(options.parallel === undefined ? {} : { parallel: options.parallel }),
      onResult: progress(write, terminal),
    });
    const conclusion = conclude(results, { strict: options.strict ?? false });
    const report = buildReport({
      side: "client",
      checks,
      results,
      conclusion,
      target,
      implementation: {
        name: presented.name,
        version: presented.version,
        features: [...presented.features],
        agents: [],
      },
      command: target.command,
      startedAt,
      ms: Math.round(performance.now() - began),
    });
    return deliver(report, results, { ...options, write });
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    complain(`${target.command}: ${error.message}`);
    return exits.unreachable;
  }
}
