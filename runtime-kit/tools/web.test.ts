import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { authorize } from "../leases/enforce.js";
import { compileLease } from "../leases/lease.js";
import { ArcpError } from "../wire/errors.js";
import { isInternal } from "./addresses.js";
import type { ToolContext } from "./context.js";
import { web, type WebOptions } from "./web.js";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server on this machine; gives its port. */
async function serving(listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

interface Call {
  readonly args: Readonly<Record<string, unknown>>;
  result?: unknown;
  error?: unknown;
}

function context(
  patterns: readonly string[],
  signal?: AbortSignal,
): ToolContext & { calls: Call[] } {
  const compiled = compileLease({ "net.fetch": patterns }, { served: ["net.fetch"] });
  if (!compiled.ok) throw new Error(compiled.fault.message);
  const calls: Call[] = [];
  return {
    signal: signal ?? new AbortController().signal,
    calls,
    async tool(tool, args, run, { summarise } = {}) {
      const call: Call = { args };
      calls.push(call);
      try {
        const target = String(args["url"]);
        const verdict = authorize(compiled.lease, { namespace: tool, target });
        if (!verdict.allowed) {
          throw new ArcpError(verdict.code, verdict.message, { details: verdict.details });
        }
        const value = await run({ namespace: tool, target: verdict.target });
        call.result = summarise?.(value);
        return value;
      } catch (error) {
        call.error = error;
        throw error;
      }
    },
  };
}

/** Every name is this machine. */
const here: WebOptions = { internal: "any", resolve: async () => ["127.0.0.1"] };
const failing = (agentCode: string): object => ({
  code: "INTERNAL_ERROR",
  details: { agent_code: agentCode },
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const piece of request) body += String(piece);
  return body;
}

describe("a request", () => {
  it("is one operation, whose events hold no query and no content", async () => {
    const port = await serving((request, response) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ url: request.url, host: request.headers.host }));
    });
    const ctx = context([`http://a.example:${port}/**`]);
    const page = await web(ctx, here).fetch(`HTTP://A.example.:${port}/x/../y?key=secret#part`);
    expect(page.status).toBe(200);
    expect(page.json()).toEqual({ url: "/y?key=secret", host: `a.example:${port}` });
    expect(page.url).toBe(`http://a.example:${port}/y?key=secret`);
    expect(ctx.calls).toEqual([
      {
        args: { url: `http://a.example:${port}/y`, method: "GET" },
        result: { status: 200, bytes: page.bytes.byteLength },
      },
    ]);
  });

  it("sends method, headers and body, and no body where there is none", async () => {
    const seen: unknown[] = [];
    const port = await serving(async (request, response) => {
      seen.push([
        request.method,
        request.headers["x-a"],
        request.headers["content-length"],
        await bodyOf(request),
      ]);
      response.statusCode = 404;
      response.end("no");
    });
    const net = web(context([`http://a.example:${port}/**`]), here);
    const url = `http://a.example:${port}/`;
    const answer = await net.fetch(url, { method: "put", headers: { "x-a": "1" }, body: "é" });
    expect([answer.status, answer.text()]).toEqual([404, "no"]);
    await net.fetch(url, { method: "POST" });
    await net.fetch(url, { method: "HEAD" });
    expect(seen).toEqual([
      ["PUT", "1", "2", "é"],
      ["POST", undefined, "0", ""],
      ["HEAD", undefined, undefined, ""],
    ]);
  });

  it("ENF-03 is refused where the lease does not reach, and nobody hears of it", async () => {
    let heard = 0;
    const port = await serving((_, response) => response.end(String(++heard)));
    const ctx = context([`http://a.example:${port}/public/**`]);
    const net = web(ctx, here);
    const urls = [
      `http://b.example:${port}/public/x`,
      `http://a.example:${port}/private`,
      `http://a.example:${port}/public/../private`,
      `http://a.example:${port}/public/%2e%2e/private`,
      `http://user:secret@a.example:${port}/public/x`,
      `http://b.example:${port}\\@a.example:${port}/public/x`,
      `http://a.example:${port}/public/x?a\\b`,
      "file:///etc/passwd",
      "nonsense",
    ];
    for (const url of urls) {
      await expect(net.fetch(url)).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
    }
    expect(ctx.calls).toHaveLength(urls.length);
    expect(JSON.stringify(ctx.calls)).not.toContain("secret");
    expect(heard).toBe(0);
  });

  it("goes by http and https only, whatever the lease says", async () => {
    const net = web(context(["s3://bucket/**"]), here);
    await expect(net.fetch("s3://bucket/x")).rejects.toMatchObject(failing("UNSUPPORTED_SCHEME"));
  });

  it.each([
    [{ headers: { Host: "b.example" } }],
    [{ headers: { "Transfer-Encoding": "chunked" } }],
    [{ headers: { "proxy-authorization": "x" } }],
    [{ headers: { "x-a": "1\r\nhost: b.example" } }],
    [{ headers: { "x a": "1" } }],
    [{ method: "CONNECT" }],
    [{ method: "GET /evil HTTP/1.1" }],
    [{ body: "x" }],
  ])("refuses %j", async (request) => {
    const net = web(context(["http://a.example/**"]), here);
    await expect(net.fetch("http://a.example/", request)).rejects.toMatchObject(
      failing("BAD_REQUEST"),
    );
  });

  it("names a failure by the system's code, and no address", async () => {
    const port = await serving(() => {});
    servers.pop()!.close();
    const error: unknown = await web(context([`http://a.example:${port}/**`]), here)
      .fetch(`http://a.example:${port}/x?key=secret`)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject(failing("ECONNREFUSED"));
    expect((error as ArcpError).reason).toBe(
      `net.fetch of "http://a.example:${port}/x": ECONNREFUSED`,
    );
  });
});

describe("the bounds of a request", () => {
  const large = Buffer.alloc(5000, "x");

  it.each([
    ["a length", (response: Parameters<RequestListener>[1]) => response.end(large)],
    ["no length", (response: Parameters<RequestListener>[1]) => response.write(large)],
    [
      "gzip",
      (response: Parameters<RequestListener>[1]) =>
        response.setHeader("content-encoding", "gzip").end(gzipSync(large)),
    ],
  ])("hold for an answer with %s", async (_, answer) => {
    const port = await serving((_request, response) => void answer(response));
    const net = web(context([`http://a.example:${port}/**`]), { ...here, maxBytes: 4999 });
    await expect(net.fetch(`http://a.example:${port}/`)).rejects.toMatchObject({
      details: { agent_code: "TOO_LARGE", limit: 4999 },
    });
  });

  it("let through what fits, decompressed", async () => {
    const bodies: Record<string, Buffer> = {
      gzip: gzipSync(large),
      br: brotliCompressSync(large),
      identity: large,
    };
    const port = await serving((request, response) => {
      const coding = request.url!.slice(1);
      response.setHeader("content-encoding", coding).end(bodies[coding] ?? large);
    });
    const net = web(context([`http://a.example:${port}/**`]), { ...here, maxBytes: 5000 });
    for (const coding of Object.keys(bodies)) {
      expect((await net.fetch(`http://a.example:${port}/${coding}`)).bytes).toEqual(large);
    }
    const odd = net.fetch(`http://a.example:${port}/odd`);
    await expect(odd).rejects.toMatchObject(failing("UNKNOWN_ENCODING"));
  });

  it("reads the charset that the answer names", async () => {
    const port = await serving((_, response) => {
      response
        .setHeader("content-type", 'text/plain; charset="iso-8859-1"')
        .end(Buffer.from([0xe9]));
    });
    const page = await web(context([`http://a.example:${port}/**`]), here).fetch(
      `http://a.example:${port}/`,
    );
    expect(page.text()).toBe("é");
    expect(() => page.json()).toThrow("no JSON");
  });

  it("end it in time, while it waits for an answer, for the rest of one, or for an address", async () => {
    const port = await serving((request, response) => {
      if (request.url === "/half") response.write("half");
    });
    const ctx = context([`http://a.example:${port}/**`]);
    for (const path of ["never", "half"]) {
      const net = web(ctx, { ...here, timeoutMs: 50 });
      await expect(net.fetch(`http://a.example:${port}/${path}`)).rejects.toMatchObject(
        failing("TIMEOUT"),
      );
    }
    const nowhere = web(ctx, {
      internal: "any",
      timeoutMs: 50,
      resolve: () => new Promise(() => {}),
    });
    await expect(nowhere.fetch(`http://a.example:${port}/`)).rejects.toMatchObject(
      failing("TIMEOUT"),
    );
  });

  it("end it where the answer switches protocols, or never begins", async () => {
    const switched =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n";
    const port = await serving(({ url, socket }) => {
      if (url === "/switch") socket.write(switched);
      else socket.end();
    });
    const { fetch } = web(context([`http://a.test:${port}/**`]), here);
    for (const path of ["switch", "end"]) {
      await expect(fetch(`http://a.test:${port}/${path}`)).rejects.toMatchObject(
        failing("ECONNRESET"),
      );
    }
  });

  it("end it with the job, or with a signal of its own", async () => {
    const [job, own] = [new AbortController(), new AbortController()];
    const reason = new ArcpError("CANCELLED", "enough");
    const port = await serving((request) => (request.url === "/own" ? own : job).abort(reason));
    const net = web(context([`http://a.example:${port}/**`], job.signal), here);
    await expect(net.fetch(`http://a.example:${port}/own`, { signal: own.signal })).rejects.toBe(
      reason,
    );
    await expect(net.fetch(`http://a.example:${port}/job`)).rejects.toBe(reason);
    await expect(net.fetch(`http://a.example:${port}/late`)).rejects.toBe(reason);
  });
});

describe("a redirect (SEC-11)", () => {
  /** Redirects from `/N/STATUS` to what `to` says, and tells what arrived elsewhere. */
  async function redirecting(status: number, to: (port: number) => string) {
    const seen: {
      url: string;
      method: string;
      headers: IncomingMessage["headers"];
      body: string;
    }[] = [];
    const port = await serving(async (request, response) => {
      const [body, { url = "", method = "", headers }] = [await bodyOf(request), request];
      if (url.startsWith("/from")) response.writeHead(status, { location: to(port) }).end("moved");
      else response.end(`at ${url}`);
      seen.push({ url, method, headers, body });
    });
    return { port, seen };
  }

  it("is followed within the lease, one operation each", async () => {
    const { port } = await redirecting(302, () => "/to/../there?key=secret");
    const ctx = context([`http://a.example:${port}/**`]);
    const page = await web(ctx, here).fetch(`http://a.example:${port}/from`);
    expect(page.text()).toBe("at /there?key=secret");
    expect(page.url).toBe(`http://a.example:${port}/there?key=secret`);
    expect(ctx.calls.map(({ args, result }) => [args, result])).toEqual([
      [
        { url: `http://a.example:${port}/from`, method: "GET" },
        { status: 302, location: `http://a.example:${port}/there` },
      ],
      [
        { url: `http://a.example:${port}/there`, method: "GET", redirect: 1 },
        { status: 200, bytes: 20 },
      ],
    ]);
  });

  it.each<[string, (port: number) => string]>([
    ["another host", (port) => `http://b.example:${port}/x?key=secret`],
    ["another host without a scheme", (port) => `//b.example:${port}/x?key=secret`],
    ["another path", () => "/private"],
    ["another scheme", () => "file:///etc/passwd"],
    ["a user", (port) => `http://user:secret@a.example:${port}/from`],
    ["backslashes", (port) => `http:\\\\b.example:${port}\\x`],
    ["an encoded slash", () => "/from/..%2fprivate"],
  ])("is refused to %s, and nobody hears of it", async (_, to) => {
    const { port, seen } = await redirecting(307, to);
    const ctx = context([`http://a.example:${port}/from/**`]);
    const refusal: unknown = await web(ctx, here)
      .fetch(`http://a.example:${port}/from`)
      .catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      code: "PERMISSION_DENIED",
      reason: expect.stringContaining(`a redirect of "http://a.example:${port}/from"`),
      details: { namespace: "net.fetch", redirected_from: `http://a.example:${port}/from` },
    });
    expect(JSON.stringify([refusal, (refusal as ArcpError).reason, ctx.calls])).not.toContain(
      "secret",
    );
    expect(seen).toHaveLength(1);
  });

  it.each([
    [301, "POST", "GET", ""],
    [302, "POST", "GET", ""],
    [303, "PUT", "GET", ""],
    [303, "HEAD", "HEAD", ""],
    [301, "PUT", "PUT", "body"],
    [307, "POST", "POST", "body"],
    [308, "POST", "POST", "body"],
  ])("%i of a %s becomes a %s", async (status, method, then, body) => {
    const { port, seen } = await redirecting(status, () => "/to");
    const headers = { "content-type": "text/plain", authorization: "Bearer t", cookie: "c=1" };
    const url = `http://a.example:${port}/from`;
    await web(context([`http://a.example:${port}/**`]), here).fetch(url, {
      method,
      headers,
      ...(method === "HEAD" ? {} : { body: "body" }),
    });
    expect([seen[1]!.method, seen[1]!.body]).toEqual([then, body]);
    expect(seen[1]!.headers["content-type"]).toBe(
      body || method === "HEAD" ? "text/plain" : undefined,
    );
    expect(seen[1]!.headers).toMatchObject({ authorization: "Bearer t", cookie: "c=1" });
  });

  it("to another origin takes no authorization and no cookie along", async () => {
    const { port, seen } = await redirecting(302, (own) => `http://b.example:${own}/to`);
    const headers = { authorization: "Bearer t", cookie: "c=1", "x-kept": "1" };
    const lease = [`http://*.example:${port}/**`];
    await web(context(lease), here).fetch(`http://a.example:${port}/from`, { headers });
    expect(seen[1]!.headers).toMatchObject({ host: `b.example:${port}`, "x-kept": "1" });
    expect(seen[1]!.headers).not.toHaveProperty("authorization");
    expect(seen[1]!.headers).not.toHaveProperty("cookie");
  });

  it("is followed so many times, and not for ever", async () => {
    const { port, seen } = await redirecting(302, () => "/from/again");
    const net = web(context([`http://a.example:${port}/**`]), { ...here, maxRedirects: 3 });
    const loop = net.fetch(`http://a.example:${port}/from`);
    await expect(loop).rejects.toMatchObject(failing("TOO_MANY_REDIRECTS"));
    expect(seen).toHaveLength(4);
  });

  it("to what is no URL is an error, and one without a place is an answer", async () => {
    const { port } = await redirecting(302, () => "http://[");
    const net = web(context([`http://a.example:${port}/**`]), here);
    const bad = net.fetch(`http://a.example:${port}/from`);
    await expect(bad).rejects.toMatchObject(failing("BAD_REDIRECT"));
    const bare = await serving((_, response) => response.writeHead(302).end("where?"));
    const answer = await web(context([`http://a.example:${bare}/**`]), here).fetch(
      `http://a.example:${bare}/`,
    );
    expect([answer.status, answer.text()]).toEqual([302, "where?"]);
  });

  it("reads a location beyond ASCII as UTF-8", async () => {
    const { port } = await redirecting(302, () => Buffer.from("/é").toString("latin1"));
    const page = await web(context([`http://a.example:${port}/**`]), here).fetch(
      `http://a.example:${port}/from`,
    );
    expect(page.text()).toBe("at /%C3%A9");
  });
});

describe("internal addresses (SEC-39, SEC-40)", () => {
  it.each(
    "127.0.0.1 127.9.9.9 0.0.0.0 10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 192.0.2.1 198.18.0.1 224.0.0.1 255.255.255.255 :: ::1 fe80::1 fe80::1%eth0 fc00::1 fd12::1 ff02::1 ::ffff:127.0.0.1 ::ffff:a00:1 64:ff9b::a00:1 64:ff9b:1::1 2001:db8::1 2002:7f00:1:: 100::1 nonsense".split(
      " ",
    ),
  )("%s is one", (address) => {
    expect(isInternal(address)).toBe(true);
  });

  it.each(
    "8.8.8.8 172.15.0.1 172.32.0.1 100.63.255.255 223.255.255.255 2606:4700::1111 2a00:1450::1 ::ffff:8.8.8.8 64:ff9b::808:808".split(
      " ",
    ),
  )("%s is none", (address) => {
    expect(isInternal(address)).toBe(false);
  });

  it("are refused by default, as themselves and behind a name, and none is named", async () => {
    let heard = 0;
    const port = await serving((_, response) => response.end(String(++heard)));
    const ctx = context([`http://**:${port}/**`]);
    const answers: Record<string, readonly string[]> = {
      "private.example": ["10.1.2.3"],
      "mixed.example": ["93.184.216.34", "127.0.0.1"],
    };
    const net = web(ctx, { resolve: async (host) => answers[host] ?? ["127.0.0.1"] });
    const hosts = [
      "127.0.0.1",
      "2130706433",
      "[::1]",
      "[::ffff:127.0.0.1]",
      "localhost",
      "private.example",
      "mixed.example",
    ];
    for (const host of hosts) {
      const refusal: unknown = await net
        .fetch(`http://${host}:${port}/`)
        .catch((error: unknown) => error);
      expect(refusal).toMatchObject({
        code: "PERMISSION_DENIED",
        details: { reason: expect.stringContaining("internal address") },
      });
      expect(JSON.stringify(refusal)).not.toContain("10.1.2.3");
    }
    expect(heard).toBe(0);
  });

  it("are reached where the operator opened the host, and the lease covers it", async () => {
    const port = await serving((_, response) => response.end("in"));
    const ctx = context([`http://127.0.0.1:${port}/**`, `http://in.example:${port}/**`]);
    const net = web(ctx, {
      internal: ["0x7f.1", "in.example."],
      resolve: async () => ["127.0.0.1"],
    });
    for (const host of ["127.0.0.1", "in.example"]) {
      expect((await net.fetch(`http://${host}:${port}/`)).text()).toBe("in");
    }
    const other = net.fetch(`http://localhost:${port}/`);
    await expect(other).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
  });

  it("are not reached by a redirect either", async () => {
    const port = await serving((_, response) => {
      response.writeHead(302, { location: "http://169.254.169.254/latest" }).end();
    });
    const net = web(context(["http://**/**", `http://**:${port}/**`]), {
      internal: ["a.example"],
      resolve: async () => ["127.0.0.1"],
    });
    await expect(net.fetch(`http://a.example:${port}/`)).rejects.toMatchObject({
      code: "PERMISSION_DENIED",
      details: {
        target: "http://169.254.169.254/latest",
        redirected_from: `http://a.example:${port}/`,
      },
    });
  });

  it("do not come in by a second answer to the same question", async () => {
    let heard = 0;
    let asked = 0;
    const port = await serving((_, response) => response.end(String(++heard)));
    // Nobody there when it is judged, the server afterwards.
    const resolve = async (): Promise<readonly string[]> => [
      asked++ === 0 ? "127.0.0.2" : "127.0.0.1",
    ];
    const net = web(context([`http://a.example:${port}/**`]), {
      internal: "any",
      resolve,
      timeoutMs: 300,
    });
    await expect(net.fetch(`http://a.example:${port}/`)).rejects.toMatchObject({
      code: "INTERNAL_ERROR",
    });
    expect([asked, heard]).toEqual([1, 0]);
  });

  it.each(["a/b", "a:8080", "u@a", "", "*"])("cannot be opened by %j", (host) => {
    expect(() => web(context([]), { internal: [host] })).toThrow(TypeError);
  });

  it.each([
    [{ internal: "localhost" }, 'web: internal must be an array of hosts, or "any"; got a string'],
    [{ internl: ["localhost"] }, 'web: there is no option "internl"; there are maxBytes'],
    [{ timeoutMs: "5" }, "web: timeoutMs must be a number"],
    [{ resolve: "1.1.1.1" }, "web: resolve must be a function"],
  ])("are opened by options that there are: %j", (options, words) => {
    expect(() => web(context([]), options as never)).toThrow(words);
  });
});
