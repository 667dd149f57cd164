/**
 * `npm run attacks`: the attacks of `vectors/attacks.json` over the wire, against our own runtime as a process of
 * its own. Prints a table in Markdown with the answer and the time of each, from the submit to the answer as the
 * client sees it; then the inputs of `vectors/hostile.json`, over both transports, with somebody else's session beside
 * them. Ends with 1 if an answer is another one than it has to be, or if that session waited for longer than a second.
 */
import { readFileSync } from "node:fs";
import { targetOf } from "./main.js";
import { overLines, overSockets } from "./hostile/main.js";
import { overWebSocket } from "./own-runtime.js";
import { WireLog } from "./peer/log.js";
import { isRecord } from "./peer/message.js";
import type { Peer } from "./peer/peer.js";
import { present } from "./run/preflight.js";
import { Trial } from "./run/trial.js";
import { calledWith } from "./usage/called.js";
import { joined, leaseOf, type Attack } from "./vectors.js";

calledWith({
  name: "npm run attacks",
  about:
    "The attacks of vectors/attacks.json and the inputs of vectors/hostile.json against our own runtime: docs/attacks.md.",
  options: {},
  exits: { 0: "each was answered as it has to be", 1: "one was not, or kept others waiting" },
});

const file = new URL("vectors/attacks.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(file, "utf8")) as { readonly cases: readonly Attack[] };

/** One attack as a job of the script agent; the answer, and the milliseconds that it took. */
async function attempt(trial: Trial, peer: Peer, attack: Attack): Promise<[string, number]> {
  const { lease, namespace, target } = attack;
  const op = { op: "op", namespace, target: joined(target), call_id: "attack" } as const;
  const program = trial.program([op], { payload: { lease_request: leaseOf(lease) } });
  const begun = performance.now();
  const reply = await peer.request("job.submit", program, "job.accepted");
  if (reply.message.type !== "job.accepted") {
    return [String(reply.message.payload["code"]), performance.now() - begun];
  }
  const { message } = await trial.accepted(peer, reply).event("tool_result");
  const ms = performance.now() - begun;
  const { body } = message.payload;
  const error = isRecord(body) ? body["error"] : undefined;
  return [isRecord(error) ? String(error["code"]) : "allowed", ms];
}

/** A text in a cell, short and without what would break it. */
function cell(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 56)} …` : text;
  return JSON.stringify(short).slice(1, -1).replaceAll("|", "\\|");
}

const runtime = await overWebSocket();
try {
  const { at, token } = runtime;
  const target = targetOf({ ...at, token });
  const trial = new Trial(target, await present(target), new WireLog(), "attacks");
  const peer = await trial.session();
  // What a process does for the first time is not what is measured.
  await trial.succeed(peer, [{ op: "op", namespace: "fs.read", target: "/", call_id: "warm" }]);
  const lines: string[] = [];
  let wrong = 0;
  for (const attack of cases) {
    const [answer, ms] = await attempt(trial, peer, attack);
    const right = answer === attack.answer;
    if (!right) wrong += 1;
    const said = right ? `\`${answer}\`` : `**\`${answer}\`**, not \`${attack.answer}\``;
    const what = `\`${attack.namespace}\` of \`${cell(joined(attack.target))}\``;
    lines.push(`| \`${attack.id}\` | ${attack.attack} | ${what} | ${said} | ${ms.toFixed(1)} |`);
  }
  process.stdout.write(
    "| id | attack | operation | answer | ms |\n| --- | --- | --- | --- | --- |\n",
  );
  process.stdout.write(
    `${lines.join("\n")}\n\n${cases.length} attacks, ${wrong} answered wrongly\n`,
  );
  process.exitCode = wrong === 0 ? 0 : 1;
  trial.end();
} finally {
  await runtime.stop();
}

for (const [name, over] of [
  ["WebSocket", overSockets],
  ["lines", overLines],
] as const) {
  const { sent, wrong, slowestMs } = await over();
  const lines = wrong.map((line) => `${line}\n`).join("");
  const bystander = `a bystander waited ${slowestMs.toFixed(0)} ms at most`;
  process.stdout.write(
    `${lines}${sent} hostile inputs over ${name}, ${wrong.length} answered wrongly; ${bystander}\n`,
  );
  if (wrong.length > 0) process.exitCode = 1;
}
