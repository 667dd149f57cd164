/** Whom `arcp serve` lets in. */
import { randomBytes } from "node:crypto";
import { isMisspeltHash } from "../runtime/auth.js";
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

/** What `--token-file` is, in the help. */
export const TOKEN_FILE =
  "one token a line, or sha256: and its hash in hexadecimal; its principal after a space if it has one; lines with # in front are comments";

/** Who else can connect. */
export interface Reach {
  /** Nobody from another machine. */
  readonly loopback: boolean;
  /** Those whom another verifier lets in: then no token is needed, and none is taken that nobody asked for. */
  readonly others?: boolean;
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
  { loopback, others = false }: Reach,
): Promise<Principals> {
  const given = [
    ...(options.token ?? []).map((token) => ({
      token: serverToken(token, "--token"),
      principal: undefined,
    })),
    ...(options.tokenFile === undefined ? [] : await entriesOf(options.tokenFile)),
  ];
  const fromEnvironment = io.env["ARCP_TOKEN"] ?? "";
  if (given.length === 0 && fromEnvironment !== "" && !others) {
    given.push({ token: serverToken(fromEnvironment, "ARCP_TOKEN"), principal: undefined });
  }
  if (given.length > 0 || others)
    return { tokens: assign(given, options.principal), made: undefined };
  if (!loopback) {
    throw new UsageError("other machines can connect: give a token with --token-file or --token");
  }
  const made = `dev_${randomBytes(16).toString("hex")}`;
  const entry = { token: made, principal: undefined };
  return { tokens: assign([entry], options.principal), made };
}

async function entriesOf(file: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const [at, text] of (await readText(file, "--token-file")).split("\n").entries()) {
    const line = text.trim();
    if (line === "" || line.startsWith("#")) continue;
    const where = `--token-file ${file}, line ${at + 1}`;
    const [token = "", principal, ...rest] = line.split(/\s+/);
    // Two people whose names begin alike must not become one; what is too much may be of a token, and is not told.
    if (rest.length > 0) throw new UsageError(`${where}: ${FORM}`);
    entries.push({ token: serverToken(token, where), principal });
  }
  if (entries.length === 0) throw new UsageError(`--token-file ${file}: there is no token in it`);
  return entries;
}

const FORM =
  "it has more than a token and its principal, neither of which has a space in it; a comment has a line of its own, with # in front";

/** As `bearer` takes it. */
function serverToken(token: string, from: string): string {
  if (!isMisspeltHash(token)) return checkToken(token, from);
  throw new UsageError(`${from}: a hash is sha256: and 64 hexadecimal digits in lower case`);
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
