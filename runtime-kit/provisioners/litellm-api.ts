/** The requests that are made of a LiteLLM proxy, and what its answers mean. */
import { sha256 } from "../runtime/secrets.js";
import type { LiteLlmOptions } from "./litellm.js";

export interface LiteLlmApi {
  /** Makes a virtual key; gives its value, and the name by which the proxy's reports are asked for it, which is no secret. */
  generate(
    body: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<{ readonly key: string; readonly token: string }>;
  /** What was spent by a key, as far as the proxy has booked it. Rejects where it does not know the key. */
  spent(token: string, signal: AbortSignal): Promise<number>;
  /** Deletes the keys of this alias, of which there may be none. */
  remove(alias: string, signal: AbortSignal): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>> | undefined;
}

const TIMEOUT_MS = 10_000;
/** An answer is small; whoever else answers at the address may go on for ever. */
const MOST_CHARACTERS = 256 * 1024;
const MOST_WORDS = 300;

export function createApi({
  url,
  masterKey,
  timeoutMs = TIMEOUT_MS,
}: Pick<LiteLlmOptions, "url" | "masterKey" | "timeoutMs">): LiteLlmApi {
  const base = String(url).replace(/\/+$/, "");

  /** Rejects with errors that hold neither the master key nor any other. */
  async function ask(path: string, signal: AbortSignal, body?: object): Promise<Answer> {
    const called = path.replace(/\?.*/, "");
    const key = typeof masterKey === "string" ? masterKey : await masterKey();
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${base}${path}`, {
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
        // The master key goes where it was meant to go, or nowhere.
        redirect: "error",
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      text = await response.text();
    } catch (error) {
      // oxlint-disable-next-line preserve-caught-error -- it may quote the header that it does not like
      throw new Error(`LiteLLM ${called}: ${withoutKeys(reasonOf(error), key)}`);
    }
    const answer: Answer = { status: response.status, json: objectIn(text) };
    // Whoever got it would have the whole proxy; it is nobody's to hand out.
    if (answer.json?.["key"] === key) {
      throw new Error(`LiteLLM ${called}: the answer has the master key in the place of a new one`);
    }
    if (response.ok || isGone(answer)) return answer;
    const said = withoutKeys(wordsOf(answer.json) ?? text, key);
    throw new Error(`LiteLLM ${called}: ${response.status} ${said.slice(0, MOST_WORDS)}`);
  }

  return {
    async generate(body, signal) {
      const { json, status } = await ask("/key/generate", signal, body);
      const key = json?.["key"];
      if (typeof key !== "string" || key === "") {
        throw new Error(`LiteLLM /key/generate: ${status}, and no key in the answer`);
      }
      // The key itself would stand in the logs of whatever passes the request on.
      return { key, token: await sha256(key) };
    },
    async spent(token, signal) {
      const { json, status } = await ask(`/key/info?key=${token}`, signal);
      const info = json?.["info"] as { readonly spend?: unknown } | undefined;
      const spend = info?.spend;
      if (typeof spend !== "number" || !Number.isFinite(spend)) {
        throw new Error(`LiteLLM /key/info: ${status}, and what the key has spent is not known`);
      }
      return spend;
    },
    async remove(alias, signal) {
      await ask("/key/delete", signal, { key_aliases: [alias] });
    },
  };
}

/**
 * The proxy says 404 of a key that it does not have, older ones say 400, with an error of its own form. A 404 of anything
 * else that answers at the address says nothing of keys, nor does a 400 in other words.
 */
function isGone({ status, json }: Answer): boolean {
  if (typeof json?.["error"] !== "object") return false;
  return status === 404 || (status === 400 && /keys? (not )?found/i.test(wordsOf(json) ?? ""));
}

function objectIn(text: string): Answer["json"] {
  if (text.length > MOST_CHARACTERS) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Answer["json"]) : undefined;
  } catch {
    return undefined;
  }
}

/** `{ error: { message } }`, in which the message may be an object again; or `{ detail }`. */
function wordsOf(json: Answer["json"]): string | undefined {
  const error = json?.["error"] ?? json?.["detail"];
  if (typeof error === "string") return error;
  if (typeof error !== "object" || error === null) return undefined;
  const { message } = error as { readonly message?: unknown };
  return typeof message === "string" ? message : JSON.stringify(message ?? error);
}

/** What `fetch` fails with says little; its cause says what. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause, message } = error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}

/** LiteLLM's keys begin with `sk-`, also in its errors. */
function withoutKeys(text: string, masterKey: string): string {
  return text.replaceAll(masterKey, "(redacted)").replace(/\bsk-[\w.-]{4,}/g, "sk-(redacted)");
}
