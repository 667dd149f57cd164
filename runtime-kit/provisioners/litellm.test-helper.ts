/**
 * A server that looks after virtual keys as a LiteLLM proxy does, by its documentation and the sources of its key
 * management: who may ask, what it answers, and in which form it says no.
 */
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A key, as the proxy keeps it. */
export interface StoredKey {
  readonly key: string;
  readonly key_alias: string;
  readonly models: readonly string[];
  readonly max_budget?: number;
  readonly duration?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

export interface FakeLiteLlm {
  readonly url: string;
  readonly keys: readonly StoredKey[];
  /** Books a cost, as a call of a model with this key would. False where the key is not good, or its cap is reached. */
  spend(key: string, cost: number): boolean;
  /** Every request that came, with its body. */
  readonly requests: readonly { readonly path: string; readonly body: object }[];
  /** Answers the next request in its place; `true` if it did. */
  interfere: (request: IncomingMessage, response: ServerResponse) => boolean;
  close(): Promise<void>;
}

export const MASTER_KEY = "sk-master-0123456789";

export async function fakeLiteLlm(): Promise<FakeLiteLlm> {
  let keys: StoredKey[] = [];
  const requests: { path: string; body: object }[] = [];
  let made = 0;
  const spends = new Map<string, number>();
  const hashOf = (key: string) => createHash("sha256").update(key).digest("hex");

  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => (text += chunk));
    request.on("end", () => {
      const path = request.url ?? "";
      const body = (text === "" ? {} : JSON.parse(text)) as Record<string, unknown>;
      requests.push({ path, body });
      if (self.interfere(request, response)) return;
      const [status, answer] = respond(request, path, body);
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(answer));
    });
  });

  function respond(
    { method, headers }: IncomingMessage,
    path: string,
    body: Record<string, unknown>,
  ): [number, object] {
    const isInfo = method === "GET" && path.startsWith("/key/info?key=");
    if (!isInfo && (method !== "POST" || !["/key/generate", "/key/delete"].includes(path))) {
      return [404, { detail: "Not Found" }];
    }
    if (headers.authorization !== `Bearer ${MASTER_KEY}`) {
      const given = headers.authorization?.slice("Bearer ".length);
      return [
        401,
        failure(
          `Authentication Error, Invalid proxy server token passed. Received API Key = ${given}`,
          "auth_error",
          401,
        ),
      ];
    }
    if (isInfo) return info(path.slice("/key/info?key=".length));
    return path === "/key/generate" ? generate(body) : remove(body);
  }

  /** Asked for a key or for its hash. */
  function info(asked: string): [number, object] {
    const found = keys.find(({ key }) => [key, hashOf(key)].includes(asked));
    if (found === undefined) {
      return [404, failure("Key not found in database", "not_found_error", 404, "key")];
    }
    const { key, ...rest } = found;
    return [200, { key: asked, info: { ...rest, spend: spends.get(key) ?? 0 } }];
  }

  function generate(body: Record<string, unknown>): [number, object] {
    const { key_alias: alias } = body;
    if (keys.some((key) => key.key_alias === alias)) {
      const text = `Key with alias '${String(alias)}' already exists. Unique key aliases across all keys are required.`;
      return [400, failure(text, "bad_request_error", 400, "key_alias")];
    }
    const key = { ...body, key: `sk-virtual-${(made += 1)}-canary` } as unknown as StoredKey;
    keys.push(key);
    return [200, { ...key, key_name: `sk-...${key.key.slice(-4)}`, token_id: "hash", spend: 0 }];
  }

  function remove({ key_aliases: aliases }: Record<string, unknown>): [number, object] {
    const gone = keys.filter((key) => (aliases as string[]).includes(key.key_alias));
    if (gone.length === 0) return [404, failure({ error: "No keys found" }, "auth_error", 404)];
    keys = keys.filter((key) => !gone.includes(key));
    return [200, { deleted_keys: aliases }];
  }

  function failure(message: unknown, type: string, code: number, param = "None"): object {
    return { error: { message, type, param, code: String(code) } };
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const self: FakeLiteLlm = {
    url: `http://127.0.0.1:${port}`,
    get keys() {
      return keys;
    },
    requests,
    spend(value, cost) {
      const found = keys.find(({ key }) => key === value);
      const before = spends.get(value) ?? 0;
      if (found === undefined || before >= (found.max_budget ?? Infinity)) return false;
      spends.set(value, before + cost);
      return true;
    },
    interfere: () => false,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return self;
}
