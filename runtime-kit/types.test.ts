/**
 * What the compiler has to say about what users write: `tsc` fails where an expectation of this file does not hold.
 * Running it proves only that it loads.
 */
import { describe, it } from "vitest";
import { ArcpError, covers, isSubset, matches } from "./common.js";
import type { DelegateOptions, Policy, SubmitOptions, Verifier } from "./common.js";
import type { JwtOptions } from "./jwt/index.js";

// oxlint-disable unicorn/consistent-function-scoping -- each function is there for the compiler alone
describe("the types of the public API", () => {
  it("take no answer of policy.lease that would not be followed", () => {
    const end = new Date();
    const expires_at = end.toISOString();
    const good: NonNullable<Policy["lease"]>[] = [
      () => undefined,
      ({ lease }) => ({ lease }),
      ({ lease }) => ({ lease: { ...lease, "cost.budget": ["USD:1"] } }),
      ({ lease, constraints }) => ({ lease, constraints }),
      ({ lease }) => ({ lease, constraints: { expires_at } }),
      async ({ identity }) =>
        identity.scopes.includes("files") ? undefined : { lease: { "fs.read": [] } },
    ];
    const bad: NonNullable<Policy["lease"]>[] = [
      // @ts-expect-error a lease is given as { lease }
      ({ lease }) => lease,
      // @ts-expect-error as asked is said with undefined
      ({ identity, lease }) => (identity.scopes.includes("files") ? lease : {}),
      // @ts-expect-error as asked is said with undefined
      () => ({}),
      // @ts-expect-error an end stands in constraints
      ({ lease }) => ({ lease, expiresAt: end }),
      // @ts-expect-error and is called expires_at there
      ({ lease }) => ({ lease, constraints: { expiresAt: end } }),
      // @ts-expect-error and is a text
      () => ({ constraints: { expires_at: end } }),
    ];
    void [good, bad];
  });

  it("take no verifier whose answer would let nobody in", () => {
    const good: Verifier[] = [
      () => "ada",
      () => undefined,
      async () => ({ principal: "ada", scopes: ["read"], expiresAt: Date.now() }),
    ];
    const bad: Verifier[] = [
      // @ts-expect-error it is called expiresAt
      () => ({ principal: "ada", expires: Date.now() }),
      // @ts-expect-error in full, and in milliseconds
      () => ({ principal: "ada", exp: 1_790_000_000 }),
      // @ts-expect-error it is called scopes
      () => ({ principal: "ada", scope: ["read"] }),
      // @ts-expect-error a number
      () => ({ principal: "ada", expiresAt: new Date() }),
    ];
    void [good, bad];
  });

  it("know the namespaces of the draft, and let vendors have theirs", () => {
    const asked: Record<string, string[]> = { "fs.read": ["/a"] };
    const good: NonNullable<SubmitOptions["lease"]>[] = [
      { "fs.read": ["/a"], "cost.budget": ["USD:1"], "x-vendor.acme.gpu": ["a100"] },
      asked,
    ];
    const options: DelegateOptions = {
      // @ts-expect-error fs.read
      lease: { "fs.red": ["/a"] },
    };
    const bad: NonNullable<SubmitOptions["lease"]>[] = [
      // @ts-expect-error fs.read
      { "fs.red": ["/a"] },
      // @ts-expect-error a list of patterns
      { "fs.read": "/a" },
      // @ts-expect-error vendors too
      { "x-vendor.acme.gpu": "a100" },
      // @ts-expect-error x-vendor.<vendor>.<name>
      { "acme.gpu": ["a100"] },
    ];
    // @ts-expect-error fs.read
    const covering = () => covers("fs.raed", "/a", "/a");
    // @ts-expect-error fs.read
    const matching = () => matches("fs.raed", "/a", "/a");
    const vendors = { namespaces: { "x-vendor.acme.gpu": "name" } } as const;
    const allowed = () => covers("x-vendor.acme.gpu", "a*", "a100", vendors);
    // @ts-expect-error fs.read
    const within = () => isSubset({ "fs.raed": [] }, {});
    void [good, bad, options, covering, matching, allowed, within];
  });

  it("take the codes of the draft, and of an error those that it has", () => {
    const retold = (error: ArcpError) => new ArcpError(error.code, "once more");
    // @ts-expect-error no such code
    const none = () => new ArcpError("NOPE", "why");
    void [retold, none];
  });

  it("take one kind of keys for tokens, with whose they are", () => {
    const names = { issuer: "https://issuer.example.com/", audience: "arcp" };
    const good: JwtOptions[] = [
      { secret: "s" },
      { secret: "s", ...names, toleranceSec: 1 },
      { publicKey: "p", ...names },
      { jwks: new URL("https://issuer.example.com/keys"), ...names, principal: "email" },
    ];
    const bad: JwtOptions[] = [
      // @ts-expect-error no keys
      {},
      // @ts-expect-error no keys
      names,
      // @ts-expect-error two of them
      { secret: "s", publicKey: "p", ...names },
      // @ts-expect-error whose tokens
      { publicKey: "p" },
      // @ts-expect-error for whom
      { jwks: "https://issuer.example.com/keys", issuer: "https://issuer.example.com/" },
    ];
    void [good, bad];
  });
});
