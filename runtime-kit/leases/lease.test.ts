import { describe, expect, it } from "vitest";
import { Limits } from "../../generated/current/constants.js";
import { compileLease, leaseOnWire, pathPrefixes, withRealPrefixes } from "./lease.js";
import type { CompiledLease, LeaseFault } from "./lease.js";

const served = ["fs.read", "fs.write", "tool.call"];

function lease(request: unknown): CompiledLease {
  const compiled = compileLease(request, { served });
  if (!compiled.ok) throw new Error(compiled.fault.message);
  return compiled.lease;
}

function refusal(request: unknown, options = { served }): LeaseFault {
  const compiled = compileLease(request, options);
  if (compiled.ok) throw new Error("accepted");
  return compiled.fault;
}

describe("compiling a lease request (GLOB-04, GLOB-11)", () => {
  it("keeps what was written and what is matched, as plain JSON", () => {
    const compiled = lease({ "fs.read": ["/a//b/**", "/c"], "tool.call": ["search.*"] });
    expect(compiled).toEqual({
      grants: [
        {
          namespace: "fs.read",
          patterns: [
            { written: "/a//b/**", matched: "/a/b/**" },
            { written: "/c", matched: "/c" },
          ],
        },
        { namespace: "tool.call", patterns: [{ written: "search.*", matched: "search.*" }] },
      ],
    });
    expect(JSON.parse(JSON.stringify(compiled))).toEqual(compiled);
    expect(leaseOnWire(compiled)).toEqual({
      "fs.read": ["/a//b/**", "/c"],
      "tool.call": ["search.*"],
    });
  });

  it("grants nothing where nothing is asked", () => {
    expect(lease(undefined)).toEqual({ grants: [] });
    expect(lease({})).toEqual({ grants: [] });
    expect(lease({ "fs.read": [] })).toEqual({ grants: [{ namespace: "fs.read", patterns: [] }] });
  });

  it.each([null, [], "x", 1, true])("refuses the request %j", (request) => {
    expect(refusal(request)).toMatchObject({
      path: "",
      message: expect.stringContaining("object"),
    });
  });

  it.each<[unknown, string, RegExp]>([
    [{ "fs.read": "/a" }, "/fs.read", /list/],
    [{ "fs.read": ["/a", 7] }, "/fs.read/1", /string/],
    [{ "fs.read": ["/a", ["/b"]] }, "/fs.read/1", /string/],
    [{ "fs.read": ["/a", "b"] }, "/fs.read/1", /absolute/],
    [{ "fs.write": ["/a/../b"] }, "/fs.write/0", /`\.\.`/],
    [{ "fs.write": ["/a/**b"] }, "/fs.write/0", /`\*\*`/],
    [{ "fs.read": ["/a/%2e%2e/b"] }, "/fs.read/0", /encoded/],
    [{ "tool.call": [""] }, "/tool.call/0", /empty/],
    [{ "fs.read": [`/${"a".repeat(Limits.maxPatternLength)}`] }, "/fs.read/0", /512 characters/],
    [{ "fs.read": [`${"/".repeat(Limits.maxPatternLength)}a`] }, "/fs.read/0", /512 characters/],
  ])("points at what is wrong in %j", (request, path, message) => {
    const fault = refusal(request);
    expect(fault.path).toBe(path);
    expect(fault.message).toMatch(message);
    expect(fault.details["namespace"]).toBe(path.split("/")[1]);
  });

  it("takes 256 patterns of 512 characters in all, and not one more", () => {
    const full = Array.from({ length: 256 }, (_, at) => `/${String(at).padEnd(511, "a*")}`);
    expect(lease({ "fs.read": full }).grants[0]?.patterns).toHaveLength(256);
    expect(refusal({ "fs.read": full, "fs.write": ["/x"] })).toMatchObject({
      path: "/fs.write",
      details: { limit: 256 },
    });
    expect(refusal({ "fs.read": [...full, "/x"] }).path).toBe("/fs.read");
  });

  it("refuses patterns that take too long to match together, and only those", () => {
    const many = (pattern: (at: number) => string): unknown => ({
      "fs.read": Array.from({ length: 256 }, (_, at) => pattern(at)),
    });
    expect(lease(many((at) => `/w${at}/**/pack-*/src/**/*.ts`)).grants).toHaveLength(1);
    expect(lease(many((at) => `/${"w".repeat(480)}${at}/**/pack-*/src/**`)).grants).toHaveLength(1);
    expect(lease(many((at) => `/**${"/w".repeat(240)}${at}/**/*.ts`)).grants).toHaveLength(1);
    expect(lease(many((at) => `/**/${"w*".repeat(240)}${at}/**/*.ts`)).grants).toHaveLength(1);
    const fault = refusal(many((at) => `/**/w*${"/w".repeat(240)}${at}/**`));
    expect(fault).toMatchObject({
      path: "/fs.read/16",
      message: expect.stringMatching(/fewer or shorter/),
      details: { namespace: "fs.read", limit: 8192 },
    });
    expect(fault.message).not.toContain("w/w");
  });

  it("refuses what the runtime does not serve, by name, and says what it serves", () => {
    expect(refusal({ "net.fetch": ["https://example.com/**"] })).toEqual({
      path: "/net.fetch",
      message:
        'this runtime does not serve the namespace "net.fetch"; it serves fs.read, fs.write, tool.call',
      details: { namespace: "net.fetch", served },
    });
    expect(refusal({ "cost.budget": ["USD:5"] }).details).toEqual({
      namespace: "cost.budget",
      served,
      feature: "cost.budget",
    });
    expect(refusal({ "model.use": ["a/*"] }).details).toMatchObject({ feature: "model.use" });
    expect(refusal({ "x-vendor.acme.vault": ["a"] }).details).not.toHaveProperty("feature");
    expect(refusal({ "fs.read": ["/a"] }, { served: [] }).message).toMatch(/serves none/);
  });

  it("serves no namespace that it could not enforce, whatever the options say", () => {
    const options = { served: ["fs.read", "cost.budget", "x-vendor.acme.vault", "toString"] };
    for (const namespace of ["x-vendor.acme.vault", "toString"]) {
      expect(refusal({ [namespace]: ["a"] }, options).details).toEqual({
        namespace,
        served: ["fs.read", "cost.budget"],
      });
    }
  });

  it("serves the namespaces of vendors with the kind of pattern that they were given (GLOB-16)", () => {
    const vendors = { "x-vendor.acme.gpu": "name", "x-vendor.acme.site": "url" } as const;
    const compiled = compileLease(
      { "x-vendor.acme.gpu": ["a100/*"], "x-vendor.acme.site": ["HTTPS://A.example"] },
      { served, vendors },
    );
    expect(compiled).toEqual({
      ok: true,
      lease: {
        grants: [
          {
            namespace: "x-vendor.acme.gpu",
            kind: "name",
            patterns: [{ written: "a100/*", matched: "a100/*" }],
          },
          {
            namespace: "x-vendor.acme.site",
            kind: "url",
            patterns: [{ written: "HTTPS://A.example", matched: "https://a.example/" }],
          },
        ],
      },
    });
    const other = compileLease({ "x-vendor.acme.cpu": ["*"] }, { served, vendors });
    expect(other.ok || other.fault).toMatchObject({
      path: "/x-vendor.acme.cpu",
      details: { served: [...served, ...Object.keys(vendors)] },
    });
  });

  it("moves no path of a vendor's to the disc", () => {
    const compiled = compileLease(
      { "x-vendor.acme.table": ["/sales/**"] },
      { served, vendors: { "x-vendor.acme.table": "path" } },
    );
    if (!compiled.ok) throw new Error(compiled.fault.message);
    expect(pathPrefixes(compiled.lease)).toEqual([]);
    expect(withRealPrefixes(compiled.lease, new Map())).toEqual(compiled);
  });

  it.each(["__proto__", "constructor", "hasOwnProperty", "a/b~c", "x".repeat(5000)])(
    "treats the key %.20s as any other unknown name",
    (key) => {
      const fault = refusal(JSON.parse(`{${JSON.stringify(key)}:["/a"]}`));
      expect(fault.details).toMatchObject({ served });
      expect(fault.details["namespace"]).toMatch(/^(?:__proto__|constructor|hasOwn|a\/b~c|xxx)/);
      expect(fault.path.length).toBeLessThan(300);
      expect(({} as Record<string, unknown>)["0"]).toBeUndefined();
    },
  );

  it("escapes the pointer", () => {
    expect(refusal({ "a/b~c": [] }).path).toBe("/a~1b~0c");
  });

  it("repeats no text of a pattern", () => {
    const fault = refusal({ "fs.read": ["canary-7f3a"] });
    expect(JSON.stringify(fault)).not.toContain("canary");
  });
});

describe("real prefixes (§9.3)", () => {
  const compiled = lease({
    "fs.read": ["/tmp/w/**", "/tmp/w/*.ts", "/data/x"],
    "tool.call": ["/not/a/path"],
  });

  it("are asked for once each, of paths only", () => {
    expect(pathPrefixes(compiled)).toEqual(["/tmp/w", "/data/x"]);
  });

  it("replace what is matched and leave what was written", () => {
    const real = new Map([
      ["/tmp/w", "/private/tmp/w"],
      ["/data/x", "/data/x"],
    ]);
    expect(withRealPrefixes(compiled, real)).toEqual({
      ok: true,
      lease: {
        grants: [
          {
            namespace: "fs.read",
            patterns: [
              { written: "/tmp/w/**", matched: "/private/tmp/w/**" },
              { written: "/tmp/w/*.ts", matched: "/private/tmp/w/*.ts" },
              { written: "/data/x", matched: "/data/x" },
            ],
          },
          {
            namespace: "tool.call",
            patterns: [{ written: "/not/a/path", matched: "/not/a/path" }],
          },
        ],
      },
    });
  });

  it("that are missing or cannot be written as a pattern are a fault of that pattern", () => {
    const some = new Map([["/tmp/w", "/private/tmp/w"]]);
    expect(withRealPrefixes(compiled, some)).toMatchObject({
      ok: false,
      fault: { path: "/fs.read/2" },
    });
    const starry = new Map([["/tmp/w", "/tmp/*"]]);
    expect(withRealPrefixes(compiled, starry)).toMatchObject({
      ok: false,
      fault: { path: "/fs.read/0", message: expect.stringContaining("cannot quote") },
    });
  });
});
