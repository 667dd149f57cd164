/** Whom `arcp serve` lets in. */
import { randomBytes } from "node:crypto";
import type { Io } from "./io.js";
import { checkToken, readText } from "./options.js";
import { UsageError } from "./report.js";

export interface TokenOptions {
  readonly token?: readonly string[];
  readonly tokenFile?: string;
  readonly principal?: readonly string[];
}

/** Tokens with their principals, and the token that was made because none was given. */
export interface Principals {
  readonly tokens: Readonly<Record<string, string>>;
  readonly made: string | undefined;
}

const LOCAL = "local";

interface Entry {
  readonly token: string;
  readonly principal: string | undefined;
}

/**
 * Tokens of the command line first, then those of the file, else `ARCP_TOKEN`. The n-th one without a
 * principal of its own stands for the n-th `--principal`. Where nobody else can connect, no token at all means that
 * one is made.
 */
export async function principalsOf(
  options: TokenOptions,
  io: Io,
  loopback: boolean,
): Promise<Principals> {
  const given = [
    ...(options.token ?? []).map((token) => ({
      token: checkToken(token, "--token"),
      principal: undefined,
    })),
    ...(options.tokenFile === undefined ? [] : await entriesOf(options.tokenFile)),
  ];
  const fromEnvironment = io.env["ARCP_TOKEN"] ?? "";
  if (given.length === 0 && fromEnvironment !== "") {
    given.push({ token: checkToken(fromEnvironment, "ARCP_TOKEN"), principal: undefined });
  }
  if (given.length > 0) return { tokens: assign(given, options.principal), made: undefined };
  if (!loopback) {
    throw new UsageError("other machines can connect: give a token with --token-file or --token");
  }
  const made = `dev_${randomBytes(16).toString("hex")}`;
  const entry = { token: made, principal: undefined };
  return { tokens: assign([entry], options.principal), made };
}

async function entriesOf(file: string): Promise<Entry[]> {
  const lines = (await readText(file, "--token-file")).split("\n").map((line) => line.trim());
  const entries = lines
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const [token = "", principal] = line.split(/\s+/, 2);
      return { token: checkToken(token, `--token-file ${file}`), principal };
    });
  if (entries.length === 0) throw new UsageError(`--token-file ${file}: there is no token in it`);
  return entries;
}

function assign(entries: readonly Entry[], names: readonly string[] = []): Record<string, string> {
  if (names.some((name) => name.trim() === "")) {
    throw new UsageError(
      "--principal: the name is empty; it is whom the jobs of a token belong to",
    );
  }
  const waiting = [...names];
  const tokens = new Map<string, string>();
  for (const { token, principal = waiting.shift() ?? LOCAL } of entries) {
    if (tokens.has(token)) throw new UsageError("the same token is given twice");
    tokens.set(token, principal);
  }
  if (waiting.length > 0) {
    throw new UsageError(`--principal ${waiting[0]}: there is no token left for it`);
  }
  return Object.fromEntries(tokens);
}
