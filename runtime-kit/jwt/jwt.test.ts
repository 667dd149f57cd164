import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createRuntime } from "../runtime/create.js";
import { scriptedClient, testClock } from "../testing/index.js";
import { jwt } from "./index.js";
import type { JwtOptions } from "./index.js";
import { loadJose } from "./jose.js";
import {
  ADA,
  AUDIENCE,
  ISSUER,
  NOW_SEC,
  SECRET,
  ec,
  esToken,
  hmac,
  hsToken,
  journal,
  jwkOf,
  pemOf,
  rs256,
  rsToken,
  rsa,
  tokenOf,
} from "./tokens.test-helper.js";

const clock = testClock();
const BYTES = Buffer.from(Array.from({ length: 32 }, (_, at) => 255 - 7 * at));
const derOf = (key: typeof rsa.publicKey) =>
  key.export({ format: "der", type: "spki" }).toString("base64");
const names = { issuer: ISSUER, audience: AUDIENCE };
const ADA_UNTIL = { principal: "ada", scopes: [], expiresAt: (ADA.exp + 5) * 1000 };

const bySecret = (more: Partial<Extract<JwtOptions, { secret: unknown }>> = {}) =>
  jwt({ secret: SECRET, clock, ...more });
const byPem = (key = rsa.publicKey) => jwt({ publicKey: pemOf(key), clock, ...names });
const bySet = (keys: Record<string, unknown>[]) => jwt({ jwks: { keys }, clock, ...names });

describe("a token that is good", () => {
  it.each([
    ["HS256 with a secret", () => bySecret(), hsToken()],
    [
      "HS256 with bytes that are no text",
      () => bySecret({ secret: BYTES }),
      tokenOf({ alg: "HS256" }, ADA, hmac(BYTES)),
    ],
    ["HS256 with bytes", () => bySecret({ secret: Buffer.from(SECRET) }), hsToken()],
    ["RS256 with a key in PEM", () => byPem(), rsToken()],
    ["ES256 with a key in PEM", () => byPem(ec.publicKey), esToken()],
    [
      "RS256 with a JWK",
      () => jwt({ publicKey: jwkOf(rsa.publicKey), clock, ...names }),
      rsToken(),
    ],
    ["ES256 from a set", () => bySet([jwkOf(rsa.publicKey), jwkOf(ec.publicKey)]), esToken()],
    [
      "RS256 from a set by its kid",
      () =>
        bySet([
          jwkOf(generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey, { kid: "old" }),
          jwkOf(rsa.publicKey, { kid: "new" }),
        ]),
      rsToken(ADA, { kid: "new" }),
    ],
  ])("by %s names its principal, and its end", async (_name, making, token) => {
    expect(await (await making())(token)).toEqual(ADA_UNTIL);
  });

  it.each([
    [{ scope: "read  write" }, ["read", "write"]],
    [{ scp: ["read", "write"] }, ["read", "write"]],
    [{ scp: "read" }, ["read"]],
    [{ scope: "read", scp: ["other"] }, ["read"]],
    [{ scope: ["read", ""] }, ["read"]],
    [{ scope: null, scp: "read" }, ["read"]],
    [{ scope: "" }, []],
  ])("has the scopes of %j", async (claims, scopes) => {
    const verify = await bySecret();
    expect(await verify(hsToken({ ...ADA, ...claims }))).toMatchObject({ scopes });
  });

  it("may name its principal in another claim", async () => {
    const verify = await bySecret({ principal: "email" });
    const token = hsToken({ ...ADA, email: "ada@example.com" });
    expect(await verify(token)).toMatchObject({ principal: "ada@example.com" });
    expect(await verify(hsToken())).toBeUndefined();
  });

  it("may be for several audiences, and of one of several issuers", async () => {
    const verify = await bySecret({ issuer: ["https://other.example.com", ISSUER], audience: "b" });
    expect(await verify(hsToken({ ...ADA, aud: ["a", "b"] }))).toMatchObject({ principal: "ada" });
    expect(await verify(hsToken({ ...ADA, aud: ["a", "c"] }))).toBeUndefined();
    expect(await verify(hsToken({ ...ADA, aud: "b", iss: "https://evil.example.com" }))).toBe(
      undefined,
    );
  });

  it("is let in to the runtime until its end, the tolerance included", async () => {
    const time = testClock();
    const runtime = createRuntime({ auth: await bySecret({ clock: time }), clock: time });
    const client = scriptedClient(runtime);
    await client.hello({ token: hsToken() });
    await time.advance(64_999);
    expect(client.ended).toBeUndefined();
    await time.advance(1);
    await client.end();
    expect(client.seen.at(-1)).toMatchObject({ payload: { code: "UNAUTHENTICATED" } });
    await runtime.close();
  });
});

describe("a token that is not", () => {
  const NO_SCOPES = "no scopes: neither a text of one line nor a list of such";
  const noExp = { sub: "ada", iss: ISSUER, aud: AUDIENCE };
  it.each([
    ["expired", { ...ADA, exp: NOW_SEC - 5 }, "ERR_JWT_EXPIRED"],
    ["without an end", noExp, "ERR_JWT_CLAIM_VALIDATION_FAILED"],
    [
      "with an end that is no number",
      { ...ADA, exp: "tomorrow" },
      "ERR_JWT_CLAIM_VALIDATION_FAILED",
    ],
    ["not valid yet", { ...ADA, nbf: NOW_SEC + 6 }, "ERR_JWT_CLAIM_VALIDATION_FAILED"],
    ["of another issuer", { ...ADA, iss: `${ISSUER}/` }, "ERR_JWT_CLAIM_VALIDATION_FAILED"],
    ["for another audience", { ...ADA, aud: "arcp2" }, "ERR_JWT_CLAIM_VALIDATION_FAILED"],
    ["for nobody", { ...ADA, aud: undefined }, "ERR_JWT_CLAIM_VALIDATION_FAILED"],
    ["without a principal", { ...ADA, sub: undefined }, "ERR_JWT_CLAIM_VALIDATION_FAILED"],
    ["with an empty principal", { ...ADA, sub: "" }, "no principal"],
    ["with a number for a principal", { ...ADA, sub: 7 }, "no principal"],
    ["with a line break in its principal", { ...ADA, sub: "ada\nlevel=error" }, "no principal"],
    ["with a principal without end", { ...ADA, sub: "a".repeat(257) }, "no principal"],
    ["with an object for scopes", { ...ADA, scope: { read: true } }, NO_SCOPES],
    ["with a number for scopes", { ...ADA, scp: 7 }, NO_SCOPES],
    ["with true for scopes", { ...ADA, scope: true }, NO_SCOPES],
    ["with scopes that are no texts", { ...ADA, scope: ["read", 5] }, NO_SCOPES],
    ["with a line break in its scopes", { ...ADA, scope: "read\nwrite" }, NO_SCOPES],
    ["of claims that are no object", "[]", "ERR_JWT_INVALID"],
    ["of claims that are no JSON", "{", "ERR_JWT_INVALID"],
  ])("being %s, is nobody's", async (_name, claims, reason) => {
    const { lines, logger } = journal();
    const verify = await bySecret({ ...names, logger });
    expect(await verify(hsToken(claims))).toBeUndefined();
    expect(lines).toMatchObject([{ message: "token refused", reason }]);
  });

  const publicPem = pemOf(rsa.publicKey);
  const asSecret = (secret: string) => tokenOf({ alg: "HS256" }, ADA, hmac(secret));
  const other = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const forged = (header: object) =>
    tokenOf({ alg: "RS256", ...header }, ADA, rs256(other.privateKey));
  const stranger = jwkOf(other.publicKey);
  const set = () => bySet([jwkOf(rsa.publicKey, { kid: "k" }), jwkOf(ec.publicKey, { kid: "e" })]);

  it.each([
    ["not signed: alg none", byPem, tokenOf({ alg: "none" }, ADA, () => Buffer.of())],
    ["not signed: alg NONE", set, tokenOf({ alg: "NoNe", kid: "k" }, ADA, () => Buffer.of())],
    ["not signed, for a secret", bySecret, tokenOf({ alg: "none" }, ADA, () => Buffer.of())],
    ["signed with the public key as a secret", byPem, asSecret(publicPem)],
    ["the same, trimmed", byPem, asSecret(publicPem.trim())],
    ["the same, for a set", set, tokenOf({ alg: "HS256", kid: "k" }, ADA, hmac(publicPem))],
    ["of another algorithm than the key's", byPem, esToken()],
    ["of another algorithm than its kid's", set, esToken(ADA, { kid: "k" })],
    ["of RSASSA-PSS", byPem, rsToken(ADA, { alg: "PS256" })],
    ["signed by another key", byPem, forged({})],
    ["bringing its key", byPem, forged({ jwk: stranger })],
    ["pointing at its key", set, forged({ jku: "http://127.0.0.1:9/keys", kid: "k" })],
    ["with a certificate of its own", set, forged({ x5c: ["AA=="], kid: "k" })],
    ["of a kid that climbs", set, rsToken(ADA, { kid: "../../dev/null" })],
    ["of a kid that asks", set, rsToken(ADA, { kid: "k' OR '1'='1" })],
    ["of a kid that every object has", set, rsToken(ADA, { kid: "__proto__" })],
    ["of a kid that is no text", set, rsToken(ADA, { kid: ["k"] })],
    ["with what is critical", byPem, rsToken(ADA, { crit: ["exp"], exp: 1 })],
    ["with b64 critical", byPem, rsToken(ADA, { crit: ["b64"], b64: true })],
    ["without a signature", byPem, rsToken().replace(/[^.]*$/, "")],
    ["with a signature cut", byPem, rsToken().slice(0, -4)],
    [
      "with a DER signature",
      () => byPem(ec.publicKey),
      tokenOf({ alg: "ES256" }, ADA, () => Buffer.alloc(70, 1)),
    ],
    [
      "with a signature of zeros",
      () => byPem(ec.publicKey),
      tokenOf({ alg: "ES256" }, ADA, () => Buffer.alloc(64)),
    ],
    ["of five parts", byPem, "a.b.c.d.e"],
    ["no token", byPem, "let me in"],
    ["empty", byPem, ""],
  ])("being %s, is nobody's", async (_name, making, token) => {
    expect(await (await making())(token)).toBeUndefined();
  });

  it("has had its claims changed", async () => {
    const [head, , signature] = rsToken().split(".");
    const [, claims] = rsToken({ ...ADA, sub: "root" }).split(".");
    expect(await (await byPem())(`${head}.${claims}.${signature}`)).toBeUndefined();
  });

  it("is of a kind of key that a set holds, but is not to be used so", async () => {
    const verify = await bySet([jwkOf(rsa.publicKey, { kid: "k", use: "enc" })]);
    expect(await verify(rsToken(ADA, { kid: "k" }))).toBeUndefined();
  });

  it("could be of two keys, and says not which", async () => {
    const two = [rsa.publicKey, other.publicKey].map((key) => jwkOf(key));
    expect(await (await bySet(two))(rsToken())).toBeUndefined();
  });

  it("appears in no line of the log", async () => {
    const { lines, logger } = journal();
    const verify = await bySecret({ ...names, logger });
    for (const token of [hsToken({ ...ADA, sub: 5 }), "a.b.c", rsToken()]) await verify(token);
    expect(lines).toHaveLength(3);
    expect(JSON.stringify(lines)).not.toMatch(/eyJ|a\.b\.c/);
  });
});

describe("options of jwt", () => {
  const weak = generateKeyPairSync("rsa", { modulusLength: 1024 });
  const curve = generateKeyPairSync("ec", { namedCurve: "P-384" });
  const priv = rsa.privateKey.export({ format: "pem", type: "pkcs8" }) as string;
  it.each([
    [{}, "give one of secret, publicKey and jwks"],
    [{ secret: SECRET, jwks: ISSUER }, "give one of"],
    [{ secret: "short" }, "secret has 5 bytes; at least 32"],
    [{ secret: pemOf(rsa.publicKey) }, "secret is a key in PEM"],
    [{ secret: Buffer.from(`\n${pemOf(ec.publicKey)}`) }, "secret is a key in PEM"],
    [{ secret: priv }, "secret is a key in PEM"],
    [{ secret: derOf(rsa.publicKey) }, "secret is a key in PEM"],
    [{ secret: derOf(ec.publicKey) }, "secret is a key in PEM"],
    [{ secret: `ssh-ed25519 ${"A".repeat(68)}` }, "secret is a key in PEM"],
    [{ secret: JSON.stringify(jwkOf(rsa.publicKey)) }, "a JWK, not a secret"],
    [{ secret: JSON.stringify({ keys: [jwkOf(ec.publicKey)] }) }, "a JWK, not a secret"],
    [{ secret: 5 }, "secret must be a string or bytes"],
    [{ secret: SECRET, algorithms: ["none"] }, 'there is no option "algorithms"'],
    [{ secret: SECRET, issuer: "" }, "issuer must be a string or"],
    [{ secret: SECRET, audience: [] }, "audience must be"],
    [{ secret: SECRET, toleranceSec: -1 }, "toleranceSec must be a number, not negative"],
    [{ publicKey: pemOf(rsa.publicKey), issuer: ISSUER }, "audience is missing"],
    [{ jwks: ISSUER, audience: AUDIENCE }, "issuer is missing"],
    [{ publicKey: "rsa", ...names }, "publicKey is not in PEM"],
    [{ publicKey: priv, ...names }, "publicKey is a private key"],
    [{ publicKey: jwkOf(rsa.privateKey), ...names }, "publicKey is a private key"],
    [{ publicKey: { kty: "oct", k: "AAAA" }, ...names }, "publicKey is a private key"],
    [{ publicKey: pemOf(weak.publicKey), ...names }, "publicKey has 1024 bits"],
    [{ publicKey: pemOf(curve.publicKey), ...names }, "neither an RSA key nor one on the curve"],
    [{ jwks: { keys: [] }, ...names }, "no public RSA or EC key in jwks"],
    [{ jwks: { keys: [jwkOf(rsa.privateKey)] }, ...names }, "no public RSA or EC key in jwks"],
    [{ jwks: "keys.json", ...names }, "jwks is not a URL"],
    [{ jwks: "http://issuer.example.com/keys", ...names }, "https: URL, or http: on this machine"],
    [{ jwks: "http://127.0.0.1.evil.com/keys", ...names }, "https: URL, or http: on this machine"],
    [{ jwks: "https://u:p@issuer.example.com/", ...names }, "a user name or a password"],
    [{ jwks: "file:///keys.json", ...names }, "https: URL"],
  ])("%#: are refused in words", async (options, words) => {
    const refused = await jwt(options as JwtOptions).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(TypeError);
    expect(String(refused)).toContain(words);
  });

  it("are of no use without jose, and it says so", async () => {
    const missing = Object.assign(new Error("Cannot find package"), {
      code: "ERR_MODULE_NOT_FOUND",
    });
    await expect(loadJose(() => Promise.reject(missing))).rejects.toThrow("npm install jose@6");
    await expect(loadJose(() => Promise.reject(new Error("else")))).rejects.toThrow("else");
  });
});
