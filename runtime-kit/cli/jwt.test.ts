import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  AUDIENCE,
  ISSUER,
  SECRET,
  ec,
  esToken,
  hsToken,
  jwkOf,
  pemOf,
  rsToken,
  rsa,
} from "../jwt/tokens.test-helper.js";
import { silentLogger } from "../wire/logger.js";
import { arcp, arcpDone } from "./io.test-helper.js";
import { jwtOf } from "./jwt.js";
import type { JwtCommand } from "./jwt.js";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "arcp-jwt-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function file(text: string | object): Promise<string> {
  const path = join(folder, "keys");
  await writeFile(path, typeof text === "string" ? text : JSON.stringify(text));
  return path;
}

/** Ada, for the next hour. */
const ADA = { sub: "ada", iss: ISSUER, aud: AUDIENCE, exp: Math.floor(Date.now() / 1000) + 3600 };
const names = { jwtIssuer: [ISSUER], jwtAudience: [AUDIENCE] };

/** Whom the verifier of these options lets in by a token. */
async function letIn(options: JwtCommand, token: string): Promise<unknown> {
  const verdict = await (await jwtOf(options, silentLogger))!(token);
  return typeof verdict === "object" ? verdict.principal : verdict;
}

describe("arcp serve --jwt-…", () => {
  it("takes PEM, a JWK and a JWKS from a file", async () => {
    const pem = await file(`\n${pemOf(ec.publicKey)}`);
    expect(await letIn({ jwtKeys: pem, ...names }, esToken(ADA))).toBe("ada");
    const jwk = await file(jwkOf(rsa.publicKey));
    expect(await letIn({ jwtKeys: jwk, ...names }, rsToken(ADA))).toBe("ada");
    const set = await file({ keys: [jwkOf(rsa.publicKey), jwkOf(ec.publicKey)] });
    expect(await letIn({ jwtKeys: set, ...names }, esToken(ADA))).toBe("ada");
    expect(await letIn({ jwtKeys: set, ...names }, hsToken(ADA))).toBeUndefined();
  });

  it("takes a secret from a file, without the line end behind it", async () => {
    const jwtSecretFile = await file(`${SECRET}\r\n`);
    expect(await letIn({ jwtSecretFile }, hsToken(ADA))).toBe("ada");
    expect(await letIn({ jwtSecretFile, jwtAudience: ["x"] }, hsToken(ADA))).toBeUndefined();
  });

  it.each([
    [{ jwtIssuer: ["x"] }, "give --jwt-keys or --jwt-secret-file, one of them"],
    [{ jwtKeys: "x", jwtSecretFile: "y" }, "one of them"],
    [{ jwtKeys: "x" }, "goes with --jwt-issuer and --jwt-audience"],
    [{ jwtKeys: "/no/such/file", ...names }, "--jwt-keys /no/such/file: no such file"],
    [{ jwtKeys: "http://issuer.example.com/", ...names }, "must be an https: URL"],
  ])("refuses %j in words", async (options, words) => {
    await expect(jwtOf(options, silentLogger)).rejects.toThrow(words);
  });

  it("refuses files that hold something else", async () => {
    const refused = async (text: string | object) =>
      expect(jwtOf({ jwtKeys: await file(text), ...names }, silentLogger)).rejects;
    await (await refused("{")).toThrow(/--jwt-keys .*: it is not JSON: .* line 1/);
    await (await refused({ keys: [] })).toThrow("no public RSA or EC key");
    await (await refused("hello")).toThrow("not in PEM");
    const jwtSecretFile = await file("short\n");
    await expect(jwtOf({ jwtSecretFile }, silentLogger)).rejects.toThrow("secret has 5 bytes");
  });

  it("lets in whom the issuer's keys vouch for, and those of --token besides", async () => {
    const keys = { keys: [jwkOf(rsa.publicKey, { kid: "k" })] };
    const issuer = createServer((_question, answer) => answer.end(JSON.stringify(keys)));
    issuer.listen(0, "127.0.0.1");
    await new Promise((resolve) => issuer.once("listening", resolve));
    const at = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/`;
    const by = ["--jwt-keys", at, "--jwt-issuer", ISSUER, "--jwt-audience", AUDIENCE];
    const server = ["serve", "--no-db", "--json", "--port", "0", "--token", "static", ...by];
    const run = arcp(server, { env: { ARCP_TOKEN: "unasked" } });
    await run.seen(/^\{"listening":"ws/);
    const url = run.records()[0]!["listening"] as string;
    const submit = async (token: string) =>
      (await arcpDone(["submit", "echo", "1", "--url", url, "--token", token])).exit;
    expect(await submit(rsToken(ADA, { kid: "k" }))).toBe(0);
    expect(await submit("static")).toBe(0);
    expect(await submit("unasked")).toBe(3);
    expect(await submit(hsToken(ADA))).toBe(3);
    run.signal();
    await run.exit;
    issuer.close();
  });

  it("is for those who connect, not for a parent on stdio", async () => {
    const { exit, stderr } = await arcpDone(["serve", "--stdio", "--jwt-secret-file", "x"]);
    expect(exit).toBe(2);
    expect(stderr).toContain("--stdio and --jwt-secret-file exclude each other");
  });
});
