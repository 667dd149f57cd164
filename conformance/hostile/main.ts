/** The corpus of `vectors/hostile.json` against our own runtime, over both transports. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { overWebSocket } from "../own-runtime.js";
import type { Hostile, Names } from "./cases.js";
import { dialLines } from "./lines.js";
import { attempt, welcomed, within } from "./run.js";
import type { Open } from "./run.js";
import { dialRaw } from "./web-socket.js";
import type { Wire } from "./wire.js";

/** How long a bystander may wait for an answer, in milliseconds. */
const BYSTANDER_MS = 1000;

/** What was answered otherwise than it has to be, in words, and how many were sent. */
export interface Outcome {
  readonly sent: number;
  readonly wrong: readonly string[];
  /** The longest that a bystander waited. */
  readonly slowestMs: number;
}

/** The cases that a transport can carry, those whose id contains `only`. */
function casesFor(transport: "websocket" | "stdio", only: string): Hostile[] {
  const file = new URL("../vectors/hostile.json", import.meta.url);
  const { cases } = JSON.parse(readFileSync(file, "utf8")) as { readonly cases: Hostile[] };
  return cases.filter(({ id, on = transport }) => on === transport && id.includes(only));
}

/** Each on a socket of its own, at one `arcp serve`. */
export async function overSockets(only = ""): Promise<Outcome> {
  const runtime = await overWebSocket();
  const url = new URL(runtime.at.url!);
  const { token, tokenB } = runtime;
  try {
    const open: Open = (head) => dialRaw(url, head);
    return await all(casesFor("websocket", only), open, { token, tokenB: tokenB!, host: url.host });
  } finally {
    await runtime.stop();
  }
}

/** Each on lines of its own, at one process, which serves them as `arcp serve --stdio` serves its parent. */
export async function overLines(only = ""): Promise<Outcome> {
  const [token, tokenB] = [randomBytes(16).toString("hex"), randomBytes(16).toString("hex")];
  const script = fileURLToPath(new URL("../../scripts/serve-lines.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", script], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ARCP_TOKENS: JSON.stringify({ [token]: "a", [tokenB]: "b" }) },
  });
  try {
    const [port] = (await once(createInterface(child.stdout), "line")) as [string];
    const open: Open = async () => dialLines(Number(port));
    return await all(casesFor("stdio", only), open, { token, tokenB });
  } finally {
    child.kill();
  }
}

/** One after the other, while somebody else has a session. */
async function all(cases: readonly Hostile[], open: Open, names: Names): Promise<Outcome> {
  const wrong: string[] = [];
  let slowestMs = 0;
  const bystander = await open();
  await welcomed(bystander, { token: names["tokenB"]! });
  for (const one of cases) {
    const said = await attempt(one, open, names).catch(String);
    if (said !== one.answer) wrong.push(`${one.id}: ${said}, not ${one.answer}`);
    const ms = await answering(bystander).catch(() => Infinity);
    slowestMs = Math.max(slowestMs, ms);
    if (ms > BYSTANDER_MS) wrong.push(`${one.id}: a bystander waited ${Math.round(ms)} ms`);
  }
  await bystander.end();
  return { sent: cases.length, wrong, slowestMs };
}

/** How long a session of somebody else waits for a pong. */
async function answering(bystander: Wire): Promise<number> {
  const begun = performance.now();
  const ping = { arcp: "1.1", id: "b", type: "session.ping", payload: { nonce: "b" } };
  bystander.text(JSON.stringify(ping));
  for (;;) {
    const next = await within(bystander.next());
    if ("closed" in next) return Infinity;
    if (next.message["type"] === "session.pong") return performance.now() - begun;
  }
}
