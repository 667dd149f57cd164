/**
 * `arcp/litellm`: a virtual key of a LiteLLM proxy for each job, as narrow as its lease. The proxy then counts the costs
 * and refuses the models by itself, whatever the agent reports. §9.8
 */
import { matches, parsePattern } from "../leases/glob.js";
import type {
  CredentialProvisioner,
  CredentialRequest,
  IssuedCredentials,
  ProvisionedCredential,
} from "../runtime/credentials/provisioner.js";
import { aBoolean, aFunction, aNumber, aString, checkOptions, strings } from "../wire/options.js";
import type { Checks } from "../wire/options.js";
import { privateUrl } from "../wire/private-url.js";
import { createApi } from "./litellm-api.js";
import { createCaps } from "./litellm-cap.js";

/** Options of `litellm`. */
export interface LiteLlmOptions {
  /** The address of the proxy, `https://litellm.example.com`: `https:`, or `http:` on this machine, unless `allowInsecureRemote`. */
  readonly url: string | URL;
  /** The proxy's master key, or one that may manage keys; or what gives it, asked before each request. */
  readonly masterKey: string | (() => string | Promise<string>);
  /**
   * The names of the models that the proxy serves. A key is for those that the job's `model.use` permits; a job that may
   * use none of them gets no key, since a key without models would be good for all.
   */
  readonly models: readonly string[];
  /** Where keys are used, as it is told to clients and agents. Default `/v1` at the proxy. */
  readonly endpoint?: string | URL;
  /**
   * Also takes `http:` on another host, for the proxy and for `endpoint`: whoever is between reads the master key, which is
   * good for all, and every key that is made. For a network of containers in which nobody is. Default false. SEC-01
   */
  readonly allowInsecureRemote?: boolean;
  /** The id of the credential, by which the agent asks for it. Default `litellm`. */
  readonly id?: string;
  /**
   * The currency of the proxy's budgets; costs in others it cannot cap, so that a job whose budget is in others alone is
   * refused unless there is `maxBudget`. Default USD.
   */
  readonly currency?: string;
  /** The cap of all keys together of a job that has no budget in that currency. Default none. */
  readonly maxBudget?: number;
  /**
   * How long a key lives at most, in seconds; one of a job that goes on is rotated when four fifths of that are over.
   * It is what a key is good for if nobody can revoke it. Default 3,600.
   */
  readonly lifetimeSec?: number;
  /** Names a team of the proxy that keys belong to. */
  readonly teamId?: string;
  /** What the proxy stores with a key, and shows in its reports. Default the job and its agent. */
  readonly metadata?: (request: CredentialRequest) => Readonly<Record<string, unknown>>;
  /** The longest wait for an answer, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number;
}

const OPTIONS: Checks<LiteLlmOptions> = {
  url: ["a URL", isUrl],
  masterKey: [
    "a string, or a function that gives one",
    (value) => typeof value === "function" || (typeof value === "string" && value !== ""),
  ],
  models: [
    "an array of names, not empty",
    (value) => strings[1](value) && (value as string[]).length > 0,
  ],
  endpoint: ["a URL", isUrl],
  allowInsecureRemote: aBoolean,
  id: aString,
  currency: aString,
  maxBudget: aNumber,
  lifetimeSec: ["a number of seconds, 1 at least", (value) => Number(value) >= 1],
  teamId: aString,
  metadata: aFunction,
  timeoutMs: aNumber,
};

/** When a key is rotated, as a part of its life. */
const ROTATED_AT = 0.8;

/**
 * Issues LiteLLM's virtual keys. Each is named by the grant that it was asked for (`key_alias`), so that it can be deleted
 * though nobody was told of it. Throws a `TypeError` for options that are none.
 *
 * ```ts
 * const credentials = litellm({ url: "https://litellm.example.com", masterKey, models: ["tier-fast/small"] });
 * const runtime = createRuntime({ agents, credentials, store: sqlite("arcp.db") });
 * ```
 */
export function litellm(options: LiteLlmOptions): CredentialProvisioner {
  checkOptions("litellm", options, OPTIONS);
  for (const name of ["url", "masterKey", "models"] as const) {
    if (options[name] === undefined) throw new TypeError(`litellm: ${name} must be given`);
  }
  const { allowInsecureRemote = false } = options;
  for (const name of ["url", "endpoint"] as const) {
    const address = options[name];
    if (address !== undefined) privateUrl(`litellm: ${name}`, address, { allowInsecureRemote });
  }
  const { search, hash } = new URL(options.url);
  if (search !== "" || hash !== "") {
    throw new TypeError("litellm: url must have no query and no fragment: paths are added to it");
  }
  const { currency = "USD", lifetimeSec = 3_600, id = "litellm" } = options;
  const api = createApi(options);
  const caps = createCaps(api, { currency, maxBudget: options.maxBudget });
  const endpoint = String(options.endpoint ?? `${String(options.url).replace(/\/+$/, "")}/v1`);

  return {
    async issue(request) {
      const models = permitted(request.models, options.models);
      if (models.length === 0) return undefined;
      const now = Date.now();
      const left = (request.expiresAt?.getTime() ?? Infinity) - now;
      // Down to the second: a key that outlives its lease would be more than was asked for.
      const seconds = Math.max(1, Math.floor(Math.min(left / 1_000, lifetimeSec)));
      const { cap, book } = await caps.of(request);
      const { key, token } = await api.generate(
        {
          key_alias: aliasOf(request.grantId),
          // Good for calls of models; not for looking after keys.
          key_type: "llm_api",
          models,
          duration: `${seconds}s`,
          ...(cap === undefined ? {} : { max_budget: cap }),
          ...(options.teamId === undefined ? {} : { team_id: options.teamId }),
          metadata: options.metadata?.(request) ?? {
            arcp_job_id: request.jobId,
            arcp_agent: request.agent,
          },
        },
        request.signal,
      );
      const ends = now + seconds * 1_000;
      const credential: ProvisionedCredential = {
        ...{ id, scheme: "bearer", value: key, endpoint, profile: "openai" },
        constraints: {
          ...(cap === undefined ? {} : { "cost.budget": [`${currency}:${plain(cap)}`] }),
          "model.use": models,
          expires_at: new Date(ends).toISOString(),
        },
      };
      // One that ends with its lease needs no successor.
      const lastsAsLong = left <= lifetimeSec * 1_000;
      const rotateAt = new Date(now + seconds * 1_000 * ROTATED_AT);
      return {
        credentials: [credential],
        handle: book(token),
        ...(lastsAsLong ? {} : { rotateAt }),
      } satisfies IssuedCredentials;
    },
    revoke: ({ id: grantId }, signal) => api.remove(aliasOf(grantId), signal),
  };
}

/** The name of a grant's key at the proxy. */
function aliasOf(grantId: string): string {
  return `arcp-${grantId}`;
}

/** Of the proxy's models those that a pattern matches (CRED-21). Its own wildcards would not stop at a `/`. */
function permitted(patterns: readonly string[], models: readonly string[]): readonly string[] {
  const parsed = patterns.map(parsePattern).flatMap((one) => (one.ok ? [one.pattern] : []));
  return models.filter((model) => parsed.some((pattern) => matches(pattern, model)));
}

/** A number in the digits of an amount, which knows no exponent. */
function plain(value: number): string {
  const text = String(value);
  return text.includes("e") ? value.toFixed(20).replace(/\.?0+$/, "") : text;
}

function isUrl(value: unknown): boolean {
  return value instanceof URL || (typeof value === "string" && URL.canParse(value));
}
