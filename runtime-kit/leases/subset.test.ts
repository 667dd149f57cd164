import { describe, expect, it } from "vitest";
import { compileLease, type CompiledLease } from "./lease.js";
import { isSubset } from "./subset.js";

const served = ["fs.read", "tool.call", "net.fetch", "model.use", "cost.budget"];
const vendors = { "x-vendor.acme.gpu": "name" } as const;

function lease(request: Readonly<Record<string, readonly string[]>>): CompiledLease {
  const compiled = compileLease(request, { served, vendors });
  if (!compiled.ok) throw new Error(compiled.fault.message);
  return compiled.lease;
}

describe("leases within leases", () => {
  const parent = lease({
    "fs.read": ["/src/**", "/etc/hosts"],
    "tool.call": ["search.*"],
    "net.fetch": ["https://*.example.com/api/**"],
    "cost.budget": ["USD:5"],
    "x-vendor.acme.gpu": ["a100/*"],
  });

  it("counts an equal lease, and one that grants nothing (SUBSET-02)", () => {
    expect(isSubset(parent, parent)).toEqual({ ok: true });
    expect(isSubset(lease({}), parent)).toEqual({ ok: true });
    expect(isSubset(lease({ "model.use": [] }), parent)).toEqual({ ok: true });
  });

  it.each<Readonly<Record<string, readonly string[]>>>([
    { "fs.read": ["/src/a/*.ts", "/etc/hosts"] },
    { "tool.call": ["search.web"] },
    { "net.fetch": ["https://a.example.com/api/v1/*"] },
    { "x-vendor.acme.gpu": ["a100/7"] },
    // Counted, and not matched: `countersOf` has its own rules.
    { "cost.budget": ["EUR:7"] },
  ])("%j lies within", (request) => {
    expect(isSubset(lease(request), parent)).toEqual({ ok: true });
  });

  it.each<[Readonly<Record<string, readonly string[]>>, RegExp]>([
    [{ "fs.read": ["/src/a", "/etc/*"] }, /no pattern .* covers fs.read "\/etc\/\*"/],
    [{ "model.use": ["*"] }, /grants no model.use/],
    [{ "tool.call": ["search"] }, /covers tool.call "search"/],
    [{ "net.fetch": ["http://a.example.com/api/**"] }, /covers net.fetch/],
    [{ "net.fetch": ["https://example.com/api/**"] }, /covers net.fetch/],
    [{ "net.fetch": ["https://a.example.com:8443/api/**"] }, /covers net.fetch/],
    [{ "net.fetch": ["https://a.example.com/**"] }, /covers net.fetch/],
    [{ "x-vendor.acme.gpu": ["**"] }, /covers x-vendor.acme.gpu/],
  ])("%j does not", (request, reason) => {
    const found = isSubset(lease(request), parent);
    expect(found).toMatchObject({ ok: false, reason: expect.stringMatching(reason) });
  });

  it("takes no union of patterns for one that covers (SUBSET-03)", () => {
    const both = lease({ "tool.call": ["a*", "b*"] });
    expect(isSubset(lease({ "tool.call": ["a*", "b*"] }), both).ok).toBe(true);
    expect(isSubset(lease({ "tool.call": ["*"] }), both).ok).toBe(false);
  });

  it("takes no vendor's namespace of another kind for the same", () => {
    const kinds = { "x-vendor.acme.gpu": "path" } as const;
    const compiled = compileLease({ "x-vendor.acme.gpu": ["/**"] }, { served, vendors: kinds });
    if (!compiled.ok) throw new Error(compiled.fault.message);
    expect(isSubset(compiled.lease, compiled.lease).ok).toBe(true);
    expect(isSubset(compiled.lease, lease({ "x-vendor.acme.gpu": ["**"] })).ok).toBe(false);
  });
});

describe("what a proof may cost (SUBSET-04)", () => {
  const many = (count: number, text: (at: number) => string): CompiledLease =>
    lease({ "tool.call": Array.from({ length: count }, (_, at) => text(at)) });
  /** An `a` with twenty segments behind it, and twenty of them that may be anywhere: it takes 2^20 states to tell. */
  const around = (at: number): string => `**/a/${"*/".repeat(20)}**/${at}`;
  const within = (at: number): string => `${"**/a/".repeat(20)}*/${at}`;

  it("is bounded, and what is not proven by then is no subset", () => {
    expect(isSubset(many(100, within), many(100, around))).toEqual({
      ok: false,
      namespace: "tool.call",
      pattern: within(0),
      reason: expect.stringContaining("cannot be proven"),
    });
  });

  it("is nothing for an equal lease, whatever it holds (SUBSET-02)", () => {
    expect(isSubset(many(100, within), many(100, within))).toEqual({ ok: true });
  });

  it("is within bounds for leases as people write them, however many patterns they have", () => {
    const folders = Array.from({ length: 250 }, (_, at) => `/repo/project-${at}/src/**/*.ts`);
    const parent = lease({ "fs.read": folders.map((one) => one.replace("src/**/*.ts", "**")) });
    expect(isSubset(lease({ "fs.read": folders }), parent)).toEqual({ ok: true });
  });
});
