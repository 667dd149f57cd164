/**
 * What the compiler has to say about what users write: `tsc` fails where an expectation of this file does not hold.
 * Running it proves only that it loads.
 */
import { describe, it } from "vitest";
import type { Policy, Verifier } from "./common.js";

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
});
