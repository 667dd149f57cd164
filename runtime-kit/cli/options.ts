/** Options that several commands share, and what their words mean. */
import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { InvalidArgumentError } from "commander";
import type { Command } from "commander";
import type { Lease } from "../../generated/current/index.js";
import { ORIGIN_FORM, originOf } from "../hosts/origins.js";
import { printable, webSocketUrl } from "../transports/address.js";
import { isExposed } from "../wire/private-url.js";
import type { Io } from "./io.js";
import { readAll } from "./io.js";
import { describeFault, flawOf, parseJson } from "./json-text.js";
import { UsageError } from "./report.js";

export const DEFAULT_URL = "ws://127.0.0.1:7777/arcp";

/** Larger inputs do not fit a frame by far. */
const MAX_INPUT_BYTES = 16 * 1024 * 1024;

/** Shorter lines would cut results into crumbs. */
export const MIN_LINE_BYTES = 4096;

/** Said where a file is needed. */
export const IS_FOLDER = "it is a folder, not a file";

/** Whether there is a folder of this name. What cannot be looked at is told by whoever opens it. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** The option of whoever connects to a runtime that may be elsewhere. */
export const ALLOW_INSECURE_REMOTE = [
  "--allow-insecure-remote",
  "connects to another host without TLS (ws://), where whoever is between can read the token",
] as const;

/** How to reach a runtime. */
export interface ReachOptions {
  readonly url?: string;
  /** A line for the shell that starts the runtime as a child. */
  readonly stdio?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly allowInsecureRemote?: boolean;
  readonly json?: boolean;
}

/** Adds the options by which a command reaches a runtime. */
export function reachOptions(command: Command): Command {
  return command
    .option("--url <url>", `the runtime; else ARCP_URL, else ${DEFAULT_URL}`)
    .option("--stdio <command>", "starts the runtime as a child instead, and speaks on its stdio")
    .option("--token <token>", "the bearer token; else ARCP_TOKEN, which no process list shows")
    .option("--token-file <file>", "reads the token from the first line of a file")
    .option(...ALLOW_INSECURE_REMOTE)
    .option("--json", "prints NDJSON, errors too");
}

/** The address that the command line or the environment names. */
export function urlOf(url: string | undefined, io: Io, option = "--url"): string {
  const [from, text] = url !== undefined ? [option, url] : ["ARCP_URL", io.env["ARCP_URL"]];
  try {
    return webSocketUrl(text === undefined || text === "" ? DEFAULT_URL : text);
  } catch (error) {
    throw new UsageError(`${from}: ${(error as Error).message}`);
  }
}

/** The same address, where a token may be sent: not in plain text to another host, unless that is allowed. SEC-01, TRN-04 */
export function safeUrlOf(
  url: string | undefined,
  { io, allow, option = "--url" }: { io: Io; allow: boolean | undefined; option?: string },
): string {
  const address = urlOf(url, io, option);
  if (allow === true || !isExposed(new URL(address))) return address;
  throw new UsageError(
    `${url === undefined ? "ARCP_URL" : option}: ${printable(address)} is another host without TLS, and whoever is between ` +
      "could read the token: use wss://, or --allow-insecure-remote where nobody is (a tunnel, a network of containers)",
  );
}

/** The token that the command line or the environment names. */
export async function tokenOf(options: ReachOptions, io: Io): Promise<string | undefined> {
  const { token, tokenFile } = options;
  if (token !== undefined && tokenFile !== undefined) {
    throw new UsageError("give --token or --token-file, not both");
  }
  if (tokenFile !== undefined) {
    const [line = ""] = (await readText(tokenFile, "--token-file")).split("\n");
    // A file of `arcp serve` names a principal after the token.
    return checkToken(line.trim().split(/\s+/)[0] ?? "", `--token-file ${tokenFile}`);
  }
  if (token !== undefined) return checkToken(token, "--token");
  const given = io.env["ARCP_TOKEN"];
  return given === undefined || given === "" ? undefined : checkToken(given, "ARCP_TOKEN");
}

/** A token that can stand in a hello; its text is in no message. */
export function checkToken(token: string, from: string): string {
  if (token === "") throw new UsageError(`${from}: the token is empty`);
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new UsageError(`${from}: a token is printable ASCII without spaces`);
  }
  return token;
}

const UNREADABLE: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "no such file"],
  ["EISDIR", IS_FOLDER],
  ["EACCES", "this user may not read it"],
]);

/** Text of a file that an option names. */
export async function readText(file: string, option: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    throw new UsageError(`${option} ${file}: ${UNREADABLE.get(code) ?? message}`, { cause: error });
  }
}

/** The input of a job: JSON, `@file`, or `-` for the standard input. */
export async function inputOf(argument: string | undefined, io: Io): Promise<unknown> {
  if (argument === undefined) return undefined;
  if (argument === "-") {
    const text = await readAll(io.stdin, MAX_INPUT_BYTES);
    if (text === undefined) throw new UsageError("the standard input is larger than 16 MiB");
    if (text.trim() === "") {
      throw new UsageError("the standard input is empty: pipe JSON into it, such as {}");
    }
    return jsonOf(text, "the standard input");
  }
  if (argument.startsWith("@")) {
    const file = argument.slice(1);
    return jsonOf(await readText(file, "INPUT"), file);
  }
  return jsonOf(argument, "INPUT");
}

/** Parses, or says where the text stops being JSON, or what of it could not be sent as it stands. */
export function jsonOf(text: string, what: string): unknown {
  const parsed = parseJson(text);
  if (parsed.ok) {
    const flaw = flawOf(text);
    if (flaw === undefined) return parsed.value;
    const { pointer, text: problem } = flaw;
    throw new UsageError(`${what}${pointer === "" ? "" : ` at ${pointer}`}: ${problem}`);
  }
  const bare = /^[\w./-]+$/.test(text) ? `; a string needs quotes: '"${text}"'` : "";
  throw new UsageError(`${what} is not JSON: ${describeFault(parsed.fault)}${bare}`);
}

/** The lease of one or more `--lease`: JSON, or `namespace=pattern`. */
export function leaseOf(texts: readonly string[] = []): Lease | undefined {
  if (texts.length === 0) return undefined;
  const lease = new Map<string, string[]>();
  for (const text of texts) {
    for (const [namespace, patterns] of grants(text)) {
      lease.set(namespace, [...(lease.get(namespace) ?? []), ...patterns]);
    }
  }
  return Object.fromEntries(lease);
}

function grants(text: string): readonly (readonly [string, readonly string[]])[] {
  if (text.trimStart().startsWith("{")) {
    return Object.entries(jsonOf(text, "--lease") as object).map(([namespace, patterns]) => {
      if (!isStrings(patterns)) {
        throw new UsageError(`--lease: ${JSON.stringify(namespace)} must be a list of strings`);
      }
      return [namespace, patterns];
    });
  }
  const at = text.indexOf("=");
  if (at < 1 || at === text.length - 1) {
    throw new UsageError(
      `--lease ${text}: give JSON, or namespace=pattern such as fs.read=/path/**`,
    );
  }
  return [[text.slice(0, at), [text.slice(at + 1)]]];
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

/** Gathers an option that may be repeated. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** Gathers origins, each as browsers send it. */
export function collectOrigin(value: string, before: readonly string[] = []): readonly string[] {
  const origin = originOf(value);
  if (origin === undefined) throw new InvalidArgumentError(`It must be ${ORIGIN_FORM}.`);
  return [...before, origin];
}

/** More than this, a timer of Node ends at once: it counts milliseconds in 31 bits. */
const MAX_SECONDS = 2_147_483;

/** Seconds above zero that a timer can count, fractions allowed. */
export function seconds(text: string): number {
  const value = decimal(text);
  if (value === undefined || value <= 0 || value > MAX_SECONDS) {
    throw new InvalidArgumentError(
      `It must be a number of seconds above 0, at most ${MAX_SECONDS}.`,
    );
  }
  return value;
}

/** The same, or none at all. */
export function secondsOrNone(text: string): number {
  return decimal(text) === 0 ? 0 : seconds(text);
}

/** A whole number between two bounds, for commander. */
export function whole(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = decimal(text);
    if (value === undefined || !Number.isInteger(value) || value < from || value > to) {
      throw new InvalidArgumentError(`It must be a whole number from ${from} to ${to}.`);
    }
    return value;
  };
}

/** A number above zero; at most 10000, which keeps every deadline below what a timer can count. */
export function factor(text: string): number {
  const value = decimal(text);
  if (value === undefined || value <= 0 || value > 10_000) {
    throw new InvalidArgumentError("It must be above 0, at most 10000.");
  }
  return value;
}

function decimal(text: string): number | undefined {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}
