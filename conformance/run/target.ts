/** The implementation under test, as the command line names it and as it presents itself. */
import { startChild, type Child } from "../peer/child.js";
import { StdioSocket } from "../peer/stdio.js";
import { dial, type DialOptions, type Refused, type Socket } from "../peer/socket.js";
import type { Controlled } from "./control.js";

/** What carries the messages. §4 */
export type Carrier = "websocket" | "stdio";

/** Where it is and with which tokens. */
export interface Target {
  readonly carrier: Carrier;
  /** `ws://host:port/path`; over stdio the command that starts it. */
  readonly address: string;
  /** Opens one connection; over stdio that is one process. */
  readonly open: (options: DialOptions) => Promise<Socket | Refused>;
  /** The token of the first principal. Absent: the runtime believes whoever started it, which it may on stdio. */
  readonly token?: string;
  /** The token of a second principal (rung R1). */
  readonly tokenB?: string;
  /** Runtimes of the same make for the taking, one for each check that kills its own (rung R3). Nothing runs yet. */
  readonly control?: () => Promise<Controlled>;
  /** Factor of every deadline; 1 is right for a machine at rest. */
  readonly timeScale: number;
  /** Makes the identifiers of a run; the same seed makes the same ones. */
  readonly seed: string;
}

/** What no log and no report may show. */
export function secretsOf({ token, tokenB }: Pick<Target, "token" | "tokenB">): string[] {
  return [token, tokenB].filter((secret) => secret !== undefined);
}

/** What the runtime said of itself in a welcome to somebody who offered every feature. */
export interface Presented {
  readonly runtime: { readonly name: string; readonly version: string };
  readonly features: ReadonlySet<string>;
  /** Agent names with their versions and default, as far as they were told. */
  readonly agents: readonly AgentEntry[];
  /** Whether the agent of rung R2 is there. */
  readonly script: boolean;
}

/** One entry of the inventory. */
export interface AgentEntry {
  readonly name: string;
  readonly versions: readonly string[];
  readonly default?: string;
}

/** A runtime that listens at an address. */
export function atUrl(url: string): Pick<Target, "carrier" | "address" | "open"> {
  return { carrier: "websocket", address: url, open: (options) => dial(url, options) };
}

/** Whether whoever is between could read the tokens that the suite sends there: another host, without TLS (SEC-01). */
export function isExposed(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  const here = /^((.+\.)?localhost\.?|\[::1\]|127(\.\d+){3})$/.test(hostname);
  return protocol === "ws:" && !here;
}

/**
 * A runtime that is started by a command of the shell, once for each connection, and speaks over its standard
 * streams. `through` may put something between the child and the suite.
 */
export function byCommand(
  command: string,
  through: (start: () => Promise<Child>) => Promise<Child> = (start) => start(),
): Pick<Target, "carrier" | "address" | "open"> {
  const open = async () => new StdioSocket(await through(() => startChild(command)));
  return { carrier: "stdio", address: command, open };
}
