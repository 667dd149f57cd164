import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bearer } from "../runtime/auth.js";
import { createRuntime } from "../runtime/create.js";
import type { CredentialRequest } from "../runtime/credentials/provisioner.js";
import { disc } from "../runtime/credentials/gateway.test-helper.js";
import { agentOf, rawClient } from "../runtime/raw-client.test-helper.js";
import { litellm } from "./litellm.js";
import { MASTER_KEY, fakeLiteLlm } from "./litellm.test-helper.js";
import type { FakeLiteLlm } from "./litellm.test-helper.js";

let proxy: FakeLiteLlm;
beforeEach(async () => void (proxy = await fakeLiteLlm()));
afterEach(() => proxy.close());

const MODELS = ["tier-fast/small", "tier-fast/eu/small", "tier-slow/large"];
const options = (more: object = {}) => ({
  url: proxy.url,
  masterKey: MASTER_KEY,
  models: MODELS,
  ...more,
});

let grants = 0;
const request = (more: Partial<CredentialRequest> = {}): CredentialRequest => ({
  grantId: `grant_${(grants += 1)}`,
  jobId: "job_1" as never,
  agent: "a@1.0.0",
  principal: "me@example.com",
  parentJobId: undefined,
  lease: {},
  budget: undefined,
  reported: {},
  models: ["tier-fast/*"],
  expiresAt: undefined,
  replaces: undefined,
  signal: new AbortController().signal,
  ...more,
});
const grantOf = ({ grantId, jobId }: CredentialRequest) => ({
  id: grantId,
  jobId,
  handle: undefined,
});
const { signal } = new AbortController();

async function failure(promise: unknown): Promise<string> {
  const error: unknown = await Promise.resolve(promise).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Error);
  return (error as Error).message;
}

describe("a virtual key", () => {
  it("CRED-19 CRED-20 CRED-21 CRED-22 is as narrow as the job's lease", async () => {
    const ask = request({
      budget: { USD: 0.7, EUR: 3 },
      expiresAt: new Date(Date.now() + 600_500),
    });
    const issued = await litellm(options()).issue(ask);
    expect(proxy.keys).toMatchObject([
      {
        key_alias: `arcp-${ask.grantId}`,
        key_type: "llm_api",
        models: ["tier-fast/small"],
        max_budget: 0.7,
        duration: expect.stringMatching(/^(600|599)s$/),
        metadata: { arcp_job_id: "job_1", arcp_agent: "a@1.0.0" },
      },
    ]);
    expect(issued).toEqual({
      credentials: [
        {
          id: "litellm",
          scheme: "bearer",
          value: proxy.keys[0]!.key,
          endpoint: `${proxy.url}/v1`,
          profile: "openai",
          constraints: {
            "cost.budget": ["USD:0.7"],
            "model.use": ["tier-fast/small"],
            expires_at: expect.stringMatching(/Z$/),
          },
        },
      ],
      handle: { token: expect.stringMatching(/^[0-9a-f]{64}$/), spent: 0 },
    });
    const { constraints } = issued!.credentials[0]!;
    expect(Date.parse(constraints!["expires_at"] as string)).toBeLessThanOrEqual(
      ask.expiresAt!.getTime(),
    );
  });

  it("has the limits of its operator where the job has none, and is rotated before it ends", async () => {
    const before = Date.now();
    const issued = await litellm(
      options({ maxBudget: 5, lifetimeSec: 100, teamId: "t", metadata: () => ({ by: "me" }) }),
    ).issue(request({ expiresAt: new Date(before + 3_600_000) }));
    expect(proxy.keys).toMatchObject([
      { max_budget: 5, duration: "100s", team_id: "t", metadata: { by: "me" } },
    ]);
    const rotated = issued!.rotateAt!.getTime() - before;
    expect(rotated).toBeGreaterThanOrEqual(80_000);
    expect(rotated).toBeLessThan(90_000);
  });

  it("has nothing to spend where nothing is left", async () => {
    const provisioner = litellm(options({ currency: "EUR" }));
    await provisioner.issue(request({ budget: { EUR: -0.01 } }));
    const small = await provisioner.issue(request({ budget: { EUR: 1e-7 } }));
    expect(proxy.keys.map(({ max_budget: cap }) => cap)).toEqual([0, 1e-7]);
    expect(small!.credentials[0]!.constraints!["cost.budget"]).toEqual(["EUR:0.0000001"]);
  });

  it("CRED-23 is not made without a cap for a job whose budget the proxy cannot count", async () => {
    const budget = { EUR: 5 };
    expect(await failure(litellm(options()).issue(request({ budget })))).toBe(
      "[INVALID_REQUEST] the job's budget is in EUR, and keys are capped in USD here: ask for a budget in USD too",
    );
    expect(proxy.requests).toEqual([]);
    await litellm(options({ maxBudget: 2 })).issue(request({ budget }));
    await litellm(options()).issue(request({ budget: { EUR: 5, USD: 1 } }));
    await litellm(options()).issue(request({ budget: {} }));
    expect(proxy.keys.map(({ max_budget: cap }) => cap)).toEqual([2, 1, undefined]);
  });

  it("MODEL-02 MODEL-03 is not made for a job that may use no model: without models it would be good for all", async () => {
    const provisioner = litellm(options());
    expect(await provisioner.issue(request({ models: [] }))).toBeUndefined();
    expect(await provisioner.issue(request({ models: ["tier-fast"] }))).toBeUndefined();
    expect(proxy.requests).toEqual([]);
    await provisioner.issue(request({ models: ["**"] }));
    expect(proxy.keys[0]!.models).toEqual(MODELS);
  });

  it("is deleted by its alias, once and again, and though nobody knew of it", async () => {
    const provisioner = litellm(options());
    const ask = request();
    await provisioner.issue(ask);
    await provisioner.revoke(grantOf(ask), signal);
    expect(proxy.keys).toEqual([]);
    await provisioner.revoke(grantOf(ask), signal);
    await provisioner.revoke(grantOf(request()), signal);
  });

  it.each([
    [404, { error: "No keys found" }, true],
    [400, { error: "No keys found" }, true],
    [400, "Key not found in database", true],
    [400, "Not connected to DB!", false],
    [403, "You are not authorized to delete this key", false],
    [500, "No keys found", false],
  ])("is gone or not, by an answer of %i: %j", async (code, message, gone) => {
    proxy.interfere = (_request, response) => {
      const error = { message, type: "internal_server_error", param: "None", code: String(code) };
      response.writeHead(code).end(JSON.stringify({ error }));
      return true;
    };
    const revoked = Promise.resolve(litellm(options()).revoke(grantOf(request()), signal));
    expect(
      await revoked.then(
        () => true,
        () => false,
      ),
    ).toBe(gone);
  });

  it("is not taken for deleted by a 404 of whatever else is at the address", async () => {
    const provisioner = litellm(options({ url: `${proxy.url}/elsewhere` }));
    expect(await failure(provisioner.revoke(grantOf(request()), signal))).toBe(
      "LiteLLM /key/delete: 404 Not Found",
    );
  });
});

describe("the keys of one job, one after the other", () => {
  /** A rotation: what takes the place of what was issued before, for a job of which the runtime knows no cost. */
  function rotating(provisioner: ReturnType<typeof litellm>, more: Partial<CredentialRequest>) {
    let last: { grant: ReturnType<typeof grantOf>; key: string } | undefined;
    return async () => {
      const replaces = last?.grant;
      const ask = request({ ...more, replaces });
      const issued = await provisioner.issue(ask);
      if (replaces !== undefined) await provisioner.revoke(replaces, signal);
      const grant = { ...grantOf(ask), handle: issued!.handle as undefined };
      last = { grant, key: issued!.credentials[0]!.value };
      return { key: last.key, cap: proxy.keys.find(({ key }) => key === last!.key)?.max_budget };
    };
  }

  it.each([
    ["its budget", {}, { budget: { USD: 1 } }],
    ["maxBudget", { maxBudget: 1 }, { budget: undefined }],
  ])("CRED-20 spend %s once, whatever the agent reports", async (_, more, asked) => {
    const next = rotating(litellm(options(more)), asked);
    let spent = 0;
    const caps: unknown[] = [];
    for (const calls of [1, 0, 2, 9, 9]) {
      const { key, cap } = await next();
      caps.push(cap);
      for (let call = 0; call < calls; call++) if (proxy.spend(key, 0.25)) spent += 0.25;
    }
    expect(caps).toEqual([1, 0.75, 0.75, 0.25, 0]);
    expect(spent).toBe(1);
  });

  it.each([
    ["what was reported", 0.25, 0.75, 0.25, 0.75],
    ["what was reported in part", 0.5, 0.75, 0.25, 0.5],
    ["what was reported and is not booked yet", 0, 0.5, 0.5, 0.5],
    ["what a child has now", 0.5, 0.5, 0, 0],
    ["what a child gave back", 0.5, 1, 0, 0.5],
  ])("are capped at what is left without %s", async (_, booked, left, reported, cap) => {
    const provisioner = litellm(options());
    const first = request({ budget: { USD: 1 } });
    const { handle } = (await provisioner.issue(first))!;
    proxy.spend(proxy.keys[0]!.key, booked);
    const replaces = { ...grantOf(first), handle: handle as undefined };
    const again = { budget: { USD: left }, reported: { USD: reported }, replaces };
    await provisioner.issue(request(again));
    expect(proxy.keys[1]!.max_budget).toBe(cap);
  });

  it("are not followed by another one while it is not known what was spent, and no key stands in an address", async () => {
    const provisioner = litellm(options());
    const first = request({ budget: { USD: 1 } });
    const { handle } = (await provisioner.issue(first))!;
    const replaces = { ...grantOf(first), handle: handle as undefined };
    const again = () => provisioner.issue(request({ budget: { USD: 1 }, replaces }));
    proxy.interfere = ({ url = "" }, response) => {
      if (!url.startsWith("/key/info")) return false;
      response.writeHead(200).end('{"info":{"spend":null}}');
      return true;
    };
    expect(await failure(again())).toContain("what the key has spent is not known");
    proxy.interfere = () => false;
    await provisioner.revoke(replaces, signal);
    expect(await failure(again())).toBe(
      "LiteLLM /key/info: 404, and what the key has spent is not known",
    );
    expect(
      await failure(
        provisioner.issue(
          request({ budget: { USD: 1 }, replaces: { ...replaces, handle: undefined } }),
        ),
      ),
    ).toContain("is not known");
    expect(proxy.requests.map(({ path }) => path).join()).not.toContain("sk-");
  });
});

describe("what goes wrong", () => {
  it("SEC-06 is told without the master key, or any other", async () => {
    const wrong = litellm(options({ masterKey: "sk-wrong-key-abcdef" }));
    const told = [
      await failure(wrong.issue(request())),
      await failure(wrong.revoke(grantOf(request()), signal)),
    ];
    expect(told[0]).toContain("401 Authentication Error");
    expect(told.join()).not.toMatch(/wrong-key|abcdef/);

    const unfit = litellm(options({ masterKey: "sk-unfit\u0001-abcdef" }));
    expect(await failure(unfit.issue(request()))).not.toContain("abcdef");

    const provisioner = litellm(options());
    const ask = request();
    await provisioner.issue(ask);
    expect(await failure(provisioner.issue(ask))).toContain("400 Key with alias");

    proxy.interfere = ({ headers }, response) => {
      response.writeHead(500).end(`boom ${headers.authorization} sk-virtual-9-canary`);
      return true;
    };
    const boom = await failure(provisioner.issue(request()));
    expect(boom).toBe("LiteLLM /key/generate: 500 boom Bearer (redacted) sk-(redacted)");
    proxy.interfere = (_request, response) => {
      response.writeHead(200).end("{}");
      return true;
    };
    expect(await failure(provisioner.issue(request()))).toContain("no key in the answer");
    proxy.interfere = (_request, response) => {
      response.writeHead(200).end(JSON.stringify({ key: MASTER_KEY }));
      return true;
    };
    const master = await failure(provisioner.issue(request()));
    expect(master).toContain("the master key in the place of a new one");
    expect(master).not.toContain(MASTER_KEY);
    proxy.interfere = (_request, response) => {
      response.writeHead(307, { location: `${proxy.url}/key/generate` }).end();
      return true;
    };
    expect(await failure(provisioner.issue(request()))).toContain("redirect");
    expect(proxy.keys).toHaveLength(1);
  });

  it("is not waited for", async () => {
    proxy.interfere = () => true;
    expect(await failure(litellm(options({ timeoutMs: 20 })).issue(request()))).toContain(
      "timeout",
    );
    const controller = new AbortController();
    const asked = failure(litellm(options()).issue(request({ signal: controller.signal })));
    controller.abort(new Error("too late"));
    expect(await asked).toContain("too late");
    await proxy.close();
    expect(await failure(litellm(options()).revoke(grantOf(request()), signal))).toContain(
      "ECONNREFUSED",
    );
  });

  it("SEC-01 in plain text to another host, unless that is allowed", async () => {
    // It leads to this machine, and nobody can tell so by its name.
    const url = proxy.url.replace("127.0.0.1", "0.0.0.0");
    expect(() => litellm(options({ url }))).toThrow("http: on this machine");
    const allowed = litellm(options({ url, allowInsecureRemote: true }));
    const { credentials } = (await allowed.issue(request()))!;
    expect(credentials[0]).toMatchObject({ endpoint: `${url}/v1` });
    for (const allowInsecureRemote of [true, false]) {
      const make = () =>
        litellm(options({ endpoint: "http://litellm:4000/v1", allowInsecureRemote }));
      if (allowInsecureRemote) expect(make).not.toThrow();
      else expect(make).toThrow("endpoint must be an https: URL");
    }
  });

  it("in the options is told at once, and no key with it", () => {
    for (const [more, says] of [
      [{ url: "nowhere" }, "url must be a URL"],
      [{ url: "https://litellm.example.com/?a=1" }, "url must have no query and no fragment"],
      [{ url: "https://litellm.example.com/#a" }, "url must have no query and no fragment"],
      [{ masterKey: "" }, "masterKey must be a string, or a function"],
      [{ masterKey: undefined }, "masterKey must be given"],
      [{ models: [] }, "models must be an array of names, not empty"],
      [{ lifetimeSec: 0 }, "lifetimeSec must be a number of seconds"],
      [{ mster: 1 }, 'there is no option "mster"'],
      [
        { url: "http://litellm.example.com" },
        "url must be an https: URL, or http: on this machine (allowInsecureRemote: true also takes http: on another)",
      ],
      [{ url: "ftp://127.0.0.1", allowInsecureRemote: true }, "url must be an http: or https: URL"],
      [{ allowInsecureRemote: "yes" }, "allowInsecureRemote must be true or false"],
      [{ url: "http://u:p@litellm:4000", allowInsecureRemote: true }, "url must not hold a user"],
      [{ url: "https://u:p@litellm.example.com" }, "url must not hold a user name or a password"],
      [{ endpoint: "http://litellm.example.com/v1" }, "endpoint must be an https: URL"],
    ] as const) {
      expect(() => litellm(options(more))).toThrow(says);
    }
  });
});

describe("a runtime with LiteLLM", () => {
  it("gives each job a key of its own, rotates it with what is left, and deletes it at the end", async () => {
    let finish = (): void => {};
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const used: string[] = [];
    const agent = agentOf(async (_input, ctx) => {
      const key = ctx.credential("litellm");
      used.push(key.value);
      await ctx.metric("cost.inference", 0.25, "USD");
      await ctx.flush();
      await new Promise((resolve) => key.superseded.addEventListener("abort", resolve));
      used.push(key.value);
      await finished;
    });
    const runtime = createRuntime({
      agents: [agent],
      auth: bearer({ tok: "me" }),
      store: disc().next(),
      credentials: litellm(options({ masterKey: async () => MASTER_KEY })),
    });
    const client = await rawClient(runtime, [
      ...["provisioned_credentials", "cost.budget", "model.use"],
    ]);
    await client.send("job.submit", {
      agent: "a",
      lease_request: { "cost.budget": ["USD:1"], "model.use": ["tier-*/*"] },
    });
    const { job_id: jobId, payload } = await client.arrived("job.accepted");
    const [{ value }] = payload["credentials"] as [{ value: string }];
    await client.arrived("job.event", 2);
    // A quarter was reported; of what it spent besides the proxy alone knows.
    proxy.spend(value, 0.5);
    await runtime.credentials.rotate(jobId!);
    await expect.poll(() => proxy.keys.length).toBe(1);
    expect(proxy.keys).toMatchObject([
      { max_budget: 0.5, models: ["tier-fast/small", "tier-slow/large"] },
    ]);
    expect(used).toEqual([value, proxy.keys[0]!.key]);
    finish();
    await client.arrived("job.result");
    await expect.poll(() => proxy.keys.length).toBe(0);
    await expect.poll(() => runtime.credentials.outstanding()).toEqual([]);
  });
});
