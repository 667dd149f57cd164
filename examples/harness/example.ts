/** Runs one example: its runtime, its client, and what both of them printed against what they should have. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { difference } from "./compare.js";
import { run } from "./processes.js";
import type { Running } from "./processes.js";

/** How an example went; `problem` is absent if all was as expected. */
export interface Outcome {
  readonly problem: string | undefined;
  readonly ms: number;
}

/** How long an example may take: much longer than any does, on a busy machine too. */
const LIMIT_MS = 60_000;

/** Runs the example in `folder`. Whatever comes of it, both processes have ended afterwards. */
export async function runExample(folder: string, limitMs = LIMIT_MS): Promise<Outcome> {
  const begun = performance.now();
  const problem = await attempt(folder, limitMs).catch((error: Error) => error.message);
  return { problem, ms: performance.now() - begun };
}

async function attempt(folder: string, limitMs: number): Promise<string | undefined> {
  const expected = await readFile(join(folder, "expected.txt"), "utf8");
  if (!expected.startsWith("--- runtime")) return attemptAlone(folder, expected, limitMs);
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), limitMs);
  const runtime = run(join(folder, "runtime.ts"), [], { PORT: "0" });
  let client: Running | undefined;
  deadline.signal.addEventListener("abort", () => {
    for (const each of [runtime, client]) each?.kill("SIGKILL");
  });
  try {
    const listening = await runtime.match(/^listening at (\S+)$/m);
    if (listening !== undefined && !deadline.signal.aborted) {
      client = run(join(folder, "client.ts"), [listening[1] as string]);
    }
    const how = await client?.ended;
    runtime.kill("SIGTERM");
    const runtimeHow = await runtime.ended;

    const told = [...errorsOf("runtime", runtime), ...errorsOf("client", client)].join("");
    if (deadline.signal.aborted) return `it took longer than ${limitMs / 1000} s${told}`;
    if (how === undefined) return `the runtime did not listen: ${runtimeHow}${told}`;
    if (how !== "exit 0") return `the client ended with ${how}${told}`;
    if (runtimeHow !== "SIGTERM") return `the runtime ended by itself: ${runtimeHow}${told}`;
    const actual = `--- runtime\n${runtime.stdout}--- client\n${client?.stdout ?? ""}`;
    const differs = difference(expected, actual);
    return differs === undefined ? undefined : `expected.txt, ${differs}${told}`;
  } finally {
    clearTimeout(timer);
    for (const each of [runtime, client]) each?.kill("SIGKILL");
  }
}

/** An example whose client starts the runtime itself. */
async function attemptAlone(
  folder: string,
  expected: string,
  limitMs: number,
): Promise<string | undefined> {
  const client = run(join(folder, "client.ts"));
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    client.kill("SIGKILL");
  }, limitMs);
  try {
    const how = await client.ended;
    const told = errorsOf("client", client).join("");
    if (late) return `it took longer than ${limitMs / 1000} s${told}`;
    if (how !== "exit 0") return `the client ended with ${how}${told}`;
    const differs = difference(expected, `--- client\n${client.stdout}`);
    return differs === undefined ? undefined : `expected.txt, ${differs}${told}`;
  } finally {
    clearTimeout(timer);
    client.kill("SIGKILL");
  }
}

function errorsOf(name: string, process: Running | undefined): string[] {
  const text = process?.stderr.trim() ?? "";
  return text === "" ? [] : [`\n${name} said:\n${text.replace(/^/gm, "  ")}`];
}
