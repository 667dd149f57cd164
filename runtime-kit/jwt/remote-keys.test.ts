import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { createRuntime } from "../runtime/create.js";
import { scriptedClient, testClock } from "../testing/index.js";
import { jwt } from "./index.js";
import {
  ADA,
  AUDIENCE,
  ISSUER,
  esToken,
  hsToken,
  journal,
  jwkOf,
  rsToken,
  rsa,
} from "./tokens.test-helper.js";

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const url = "https://issuer.example.com/keys";
const names = { issuer: ISSUER, audience: AUDIENCE };
const old = generateKeyPairSync("rsa", { modulusLength: 2048 });
const OLD = [jwkOf(old.publicKey, { kid: "old" })];
const NEW = [jwkOf(rsa.publicKey, { kid: "new" })];
/** Good for two days, by the new key. */
const token = rsToken({ ...ADA, exp: ADA.exp + 48 * 3600 }, { kid: "new" });

/** An issuer that answers as a test says, and a verifier of its tokens. */
async function issuer(keys: object[]) {
  const clock = testClock();
  const { lines, logger } = journal();
  const said = { keys, fails: false, asked: 0, init: undefined as RequestInit | undefined };
  const fetch = async (_url: unknown, init?: RequestInit) => {
    said.asked += 1;
    said.init = init;
    if (said.fails) throw new TypeError("fetch failed", { cause: new Error("ECONNREFUSED") });
    return Response.json({ keys: said.keys });
  };
  const verify = await jwt({ jwks: url, clock, logger, fetch, ...names });
  return { clock, lines, said, verify };
}

/** Which lines a log has that somebody is to look at. */
function levels() {
  const lines: string[] = [];
  const note = (level: string) => (_fields: object, message: string) =>
    void lines.push(`${level} ${message}`);
  const quiet = () => {};
  return { lines, logger: { debug: quiet, info: quiet, warn: note("warn"), error: note("error") } };
}

describe("keys that their issuer publishes", () => {
  it("are fetched once, when the first token comes, by all who ask at once", async () => {
    const { said, verify } = await issuer(NEW);
    expect(said.asked).toBe(0);
    const all = await Promise.all([verify(token), verify(token), verify(token)]);
    expect(all.map((one) => (one as { principal: string }).principal)).toEqual([
      "ada",
      "ada",
      "ada",
    ]);
    await verify(token);
    expect(said.asked).toBe(1);
    expect(said.init).toMatchObject({ redirect: "error" });
  });

  it("are fetched again after ten minutes: a key that was taken back is good no longer", async () => {
    const { said, verify, clock } = await issuer(NEW);
    await verify(token);
    said.keys = OLD;
    await clock.advance(600 * SECOND - 1);
    expect(await verify(token)).toBeDefined();
    await clock.advance(1);
    expect(await verify(token)).toBeUndefined();
  });

  it("are fetched again for a kid that nobody knows, at most every 30 s", async () => {
    const { said, verify, clock } = await issuer(OLD);
    expect(await verify(rsToken(ADA, { kid: "none" }))).toBeUndefined();
    said.keys = NEW;
    for (let at = 0; at < 100; at += 1) {
      await expect(verify(rsToken(ADA, { kid: `guess ${at}` }))).rejects.toThrow("so far");
    }
    // Whether it is new cannot be told yet: its owner is to try again.
    await expect(verify(token)).rejects.toThrow("so far");
    expect(said.asked).toBe(1);
    await clock.advance(30 * SECOND);
    expect(await verify(token)).toBeDefined();
    expect(said.asked).toBe(2);
  });

  it("of which one has the kid, and another algorithm, decide at once, and fetch nothing", async () => {
    const { said, verify } = await issuer(NEW);
    await verify(token);
    for (let at = 0; at < 3; at += 1) {
      expect(await verify(esToken(ADA, { kid: "new" }))).toBeUndefined();
    }
    expect(said.asked).toBe(1);
  });

  it("AUTH-09 that may lack one let its owner try again, and no error is logged for what anybody can bring about", async () => {
    const { said, verify, clock } = await issuer(OLD);
    const { lines, logger } = levels();
    const runtime = createRuntime({ auth: verify, clock, logger });
    const refused = async () => {
      const client = scriptedClient(runtime);
      await expect(client.hello({ token })).rejects.toThrow();
      return client.seen[0]?.payload["retryable"];
    };
    expect([await refused(), await refused()]).toEqual([false, true]);
    said.keys = NEW;
    await clock.advance(30 * SECOND);
    await scriptedClient(runtime).hello({ token });
    expect(lines).toEqual([
      "warn connection refused",
      "warn token refused",
      "warn connection refused",
    ]);
    await runtime.close();
  });

  it("stay good for a day while their issuer does not answer, and it is asked every five seconds", async () => {
    const { said, verify, clock, lines } = await issuer(NEW);
    await verify(token);
    said.fails = true;
    await clock.advance(HOUR);
    expect(await verify(token)).toBeDefined();
    expect(await verify(token)).toBeDefined();
    expect(said.asked).toBe(2);
    expect(lines).toMatchObject([
      { message: "keys could not be fetched", error: "fetch failed: ECONNREFUSED", kept: true },
    ]);
    await clock.advance(5 * SECOND);
    await verify(token);
    expect(said.asked).toBe(3);
    await clock.advance(23 * HOUR);
    await expect(verify(token)).rejects.toThrow("no keys of the issuer: fetch failed");
    said.fails = false;
    await clock.advance(5 * SECOND);
    expect(await verify(token)).toBeDefined();
  });

  it("that could not be fetched for an unknown kid decide nothing", async () => {
    const { said, verify, clock } = await issuer(OLD);
    await verify(rsToken(ADA, { kid: "old" }));
    said.fails = true;
    await clock.advance(30 * SECOND);
    await expect(verify(token)).rejects.toThrow("so far");
    said.fails = false;
    said.keys = NEW;
    await clock.advance(5 * SECOND);
    expect(await verify(token)).toBeDefined();
  });

  it("are not fetched for what is no token of theirs", async () => {
    const { said, verify } = await issuer(NEW);
    for (const one of ["x", "a.b.c", hsToken()]) expect(await verify(one)).toBeUndefined();
    expect(said.asked).toBe(0);
  });

  it.each([
    ["no set", { nothing: 1 }],
    ["a set without a key", { keys: [] }],
    ["a set of secrets", { keys: [{ kty: "oct", k: "AAAA" }] }],
    ["a list", [1]],
  ])("that are %s are none", async (_name, answer) => {
    const fetch = async () => Response.json(answer);
    const verify = await jwt({ jwks: url, clock: testClock(), fetch, ...names });
    await expect(verify(token)).rejects.toThrow("no keys of the issuer");
  });

  it("are not waited for beyond three seconds", async () => {
    const clock = testClock();
    const fetch = (_url: unknown, init?: RequestInit) =>
      new Promise<Response>((_resolve, reject) => {
        init!.signal!.addEventListener("abort", () => reject(init!.signal!.reason as Error));
      });
    const verify = await jwt({ jwks: url, clock, fetch, ...names });
    const refused = expect(verify(token)).rejects.toThrow("no answer within 3 s");
    await clock.advance(3 * SECOND);
    await refused;
  });
});

describe("an issuer over HTTP", () => {
  async function answering(listener: RequestListener) {
    const server = createServer(listener).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    const jwks = `http://127.0.0.1:${port}/keys`;
    const verify = await jwt({ jwks, clock: testClock(), ...names });
    return { verify, close: () => server.close() };
  }

  it("on this machine is believed", async () => {
    const { verify, close } = await answering((_q, answer) =>
      answer.end(JSON.stringify({ keys: NEW })),
    );
    expect(await verify(token)).toMatchObject({ principal: "ada" });
    close();
  });

  it.each<[string, RequestListener, string]>([
    [
      "that sends elsewhere",
      ({ url: path }, answer) => {
        if (path === "/keys") answer.writeHead(302, { location: "/other" }).end();
        else answer.end(JSON.stringify({ keys: NEW }));
      },
      "redirect",
    ],
    ["that does not find them", (_q, answer) => answer.writeHead(404).end("{}"), "answered 404"],
    ["that sends no JSON", (_q, answer) => answer.end("<html>"), "JSON"],
    [
      "that never ends",
      (_q, answer) => {
        const more = () => {
          while (!answer.destroyed && answer.write(" ".repeat(65_536)));
          if (!answer.destroyed) answer.once("drain", more);
        };
        more();
      },
      "exceed 262144 bytes",
    ],
  ])("%s is not followed", async (_name, listener, words) => {
    const { verify, close } = await answering(listener);
    await expect(verify(token)).rejects.toThrow(words);
    close();
  });
});
