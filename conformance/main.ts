/** The suite as a function: point it at a runtime, get a report and an exit code. */
import { randomBytes } from "node:crypto";
import { requirements } from "../generated/current/requirements.js";
import { frozenIds } from "./checks/frozen.js";
import { runtimeChecks } from "./checks/index.js";
import { mutantNames } from "./mutants/index.js";
import { Refused, Unreachable } from "./peer/faults.js";
import { addressOf, buildReport } from "./report/report.js";
import type { Report } from "./report/report.js";
import { deliver, type ReportOptions } from "./report/write.js";
import type { Check, Rung } from "./run/check.js";
import { controlled, type Control } from "./run/control.js";
import { observe, present } from "./run/preflight.js";
import { COMMON_OPTIONS, outputsOf, unknownOption, type OutputOptions } from "./run/outputs.js";
import { progress } from "./run/progress.js";
import { register } from "./run/registry.js";
import { runAll, runtimeBench } from "./run/runner.js";
import { select } from "./run/select.js";
import { atUrl, byCommand, isExposed, type Presented, type Target } from "./run/target.js";
import { conclude, exits } from "./run/verdict.js";

export { ControlError, readControl, type Control } from "./run/control.js";
export { conformanceClient } from "./clients/main.js";
export type { ClientConformanceOptions } from "./clients/main.js";

/** What to test, and how. */
export interface ConformanceOptions extends OutputOptions, ReportOptions {
  /** The runtime: `ws://host:port/path`. Either this or `stdio`. */
  readonly url?: string;
  /** The runtime: the command of the shell that starts it, once for each connection. */
  readonly stdio?: string;
  /** A bearer token that the runtime accepts. Only on stdio it may be absent: who started a runtime may be believed. */
  readonly token?: string;
  /** The token of a second principal (rung R1). */
  readonly tokenB?: string;
  /** Also tests a runtime on another host without TLS (`ws://`), where whoever is between can read the tokens. */
  readonly allowInsecureRemote?: boolean;
  /** How to start, kill and restart runtimes of the same make (rung R3); they must accept the same tokens. */
  readonly control?: Control;
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
  /** The rung that the implementation must provide; without it the run is incomplete. Default R0. */
  readonly need?: Rung;
}

/** The checks, proven sound. Throws a `RegistryError` otherwise. */
export function soundChecks(): readonly Check[] {
  return register(runtimeChecks, {
    requirements: new Set(Object.keys(requirements)),
    mutants: mutantNames,
    frozen: frozenIds,
  });
}

/** The target that the options name. */
export function targetOf(options: ConformanceOptions): Target {
  const { url = "", stdio, control } = options;
  return {
    ...(stdio === undefined ? atUrl(url) : byCommand(stdio)),
    ...(options.token === undefined ? {} : { token: options.token }),
    ...(options.tokenB === undefined ? {} : { tokenB: options.tokenB }),
    ...(control === undefined ? {} : { control: () => controlled(control) }),
    timeScale: options.timeScale ?? 1,
    seed: options.seed ?? randomBytes(6).toString("hex"),
  };
}

const OPTIONS: Readonly<Record<keyof ConformanceOptions, true>> = {
  url: true,
  stdio: true,
  token: true,
  tokenB: true,
  allowInsecureRemote: true,
  control: true,
  need: true,
  ...COMMON_OPTIONS,
};

/** What is wrong with the options, if anything is: with their names, or with the place that they name. */
function unusable(options: ConformanceOptions): string | undefined {
  const { url, stdio, token, control } = options;
  const unknown = unknownOption(options, OPTIONS);
  if (unknown !== undefined) return unknown;
  if ((url === undefined) === (stdio === undefined)) return "name either an address or a command";
  if (stdio !== undefined) return stdio.trim() === "" ? "the command is empty" : undefined;
  if (token === undefined) return "a token is needed";
  const good = /^wss?:\/\//.test(url ?? "") && URL.canParse(url ?? "");
  if (!good) return `not an address of a WebSocket: ${url}`;
  const open = [
    url ?? "",
    ...(control === undefined ? [] : [control.url.replaceAll("{port}", "1")]),
  ];
  if (options.allowInsecureRemote === true || !open.some(isExposed)) return undefined;
  return "ws:// to another host lets whoever is between read the tokens: use wss://, or allow an insecure remote where nobody is between";
}

/**
 * Runs the suite against a runtime over WebSocket or stdio and resolves with the exit code: 0 conformant, 1 a MUST failed,
 * 2 wrong usage, 3 incomplete, 4 harness error or unreachable, 5 only SHOULDs failed under `strict`, 7 the token was
 * refused.
 */
export async function conformanceRuntime(options: ConformanceOptions): Promise<number> {
  const { write, complain, terminal } = outputsOf(options);
  const misuse = unusable(options);
  if (misuse !== undefined) {
    complain(misuse);
    return exits.usage;
  }
  const checks = select(soundChecks(), options.only);
  if (checks.length === 0) {
    complain(`no check has ${options.only?.join(" or ")} in its id`);
    return exits.usage;
  }
  const target = targetOf(options);
  try {
    const startedAt = new Date();
    const began = performance.now();
    const presented = await present(target);
    const results = await runAll(checks, runtimeBench(target, presented), {
      ...(options.parallel === undefined ? {} : { parallel: options.parallel }),
      onResult: progress(write, terminal),
    });
    const conclusion = conclude(results, {
      strict: options.strict ?? false,
      need: options.need ?? "R0",
    });
    const dialect = await observe(target, presented);
    const report = buildReport({
      side: "runtime",
      checks,
      results,
      conclusion,
      target,
      implementation: implementationOf(presented),
      url: addressOf(target),
      carrier: target.carrier,
      dialect,
      startedAt,
      ms: Math.round(performance.now() - began),
    });
    return deliver(report, results, { ...options, write });
  } catch (error) {
    if (!(error instanceof Unreachable) && !(error instanceof Refused)) throw error;
    complain(`${addressOf(target)}: ${error.message}`);
    return error instanceof Refused ? exits.refused : exits.unreachable;
  }
}

function implementationOf({ runtime, features, agents }: Presented): Report["implementation"] {
  return {
    ...runtime,
    features: [...features],
    agents: agents.map(({ name, versions }) => [name, ...versions].join(" ")),
  };
}
