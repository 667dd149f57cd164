/** The conformance suite as a judge: that of the copy, so that a check which reads the tables is as wrong as they are. */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { runtimeChecks } from "../../conformance/checks/index.js";
import { clientChecks } from "../../conformance/clients/checks/index.js";
import { requirements } from "../../generated/current/requirements.js";
import type { Requirement, RequirementId } from "../../generated/current/requirements.js";
import type { Copy } from "./copy.js";

/** What the suite is asked about: a section, and words of a requirement's sentence or the name of its feature. */
export interface Concern {
  readonly section: string;
  readonly words: readonly string[];
}

/** The ids of the checks that speak for a requirement of that section, of that feature, or of those words. */
export function checksAbout({ section, words }: Concern): string[] {
  const named = words.map(
    (word) => new RegExp(`(?<![\\w.])${word.replaceAll(/\W/g, "\\$&")}(?!\\w)`),
  );
  const concerned = (id: RequirementId): boolean => {
    const requirement: Requirement = requirements[id];
    return (
      requirement.section === section ||
      words.some((word) => word === requirement.feature) ||
      named.some((word) => word.test(requirement.sentence))
    );
  };
  return [...runtimeChecks, ...clientChecks]
    .filter((check) => check.requirements.some(concerned))
    .map(({ id }) => id);
}

/** The first of these checks that our own runtime or client does not pass. One that does not even start passes none. */
export async function firstUnmet(copy: Copy, ids: readonly string[]): Promise<string | undefined> {
  const of = (side: string) => ids.filter((id) => id.startsWith(`${side}/`));
  return (await ofRuntime(copy, of("runtime"))) ?? (await ofClient(copy, of("client")));
}

async function ofRuntime(copy: Copy, ids: readonly string[]): Promise<string | undefined> {
  if (ids.length === 0) return undefined;
  const [token, tokenB] = [randomUUID(), randomUUID()];
  const tokens = [token, tokenB].flatMap((one) => ["--token", one, "--principal", `${one}@x`]);
  const short = ["--cancel-grace", "1", "--heartbeat", "3"];
  const serve = ["serve", "--conformance", "--no-db", "--port", "0", "--json", ...short, ...tokens];
  const child = spawn(process.execPath, [...cliOf(copy), ...serve], {
    cwd: copy.place,
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    const line = await new Promise<string | undefined>((resolve) => {
      createInterface({ input: child.stdout }).once("line", resolve);
      child.once("exit", () => resolve(undefined));
    });
    if (line === undefined) return "runtime: it does not start";
    const { listening: url } = JSON.parse(line) as { readonly listening: string };
    return await asked(copy, ["runtime", url, "--token", token, "--token-b", tokenB], ids);
  } finally {
    child.kill("SIGKILL");
  }
}

async function ofClient(copy: Copy, ids: readonly string[]): Promise<string | undefined> {
  if (ids.length === 0) return undefined;
  const driver = [process.execPath, ...cliOf(copy), "conformance", "driver"];
  return asked(copy, ["client"], ids, ["--", ...driver]);
}

async function asked(
  copy: Copy,
  side: readonly string[],
  ids: readonly string[],
  command: readonly string[] = [],
): Promise<string | undefined> {
  const only = ids.flatMap((id) => ["--only", id]);
  const flags = ["--strict", "--json", ...only];
  const args = [...cliOf(copy), "conformance", ...side, ...flags, ...command];
  const { ok, said } = await copy.run(args);
  return ok ? undefined : (unmetIn(said) ?? `${side[0]}: the run as a whole`);
}

/** The first check that the records of a run say not to be met. */
export function unmetIn(said: string): string | undefined {
  for (const line of said.split("\n").filter((one) => one.startsWith('{"check"'))) {
    const { check } = JSON.parse(line) as {
      readonly check: { readonly id: string; readonly verdict: string };
    };
    if (!GOOD.has(check.verdict)) return check.id;
  }
  return undefined;
}

/** Verdicts that speak against nobody. */
const GOOD: ReadonlySet<string> = new Set(["pass", "not-applicable", "not-run", "info"]);

function cliOf(copy: Copy): readonly string[] {
  return ["--import", "tsx", join(copy.place, "runtime-kit/cli/main.ts")];
}
