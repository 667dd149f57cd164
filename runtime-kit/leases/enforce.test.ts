import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { authorize } from "./enforce.js";
import { compileLease, type CompiledLease } from "./lease.js";

function lease(request: unknown): CompiledLease {
  const compiled = compileLease(request, { served: ["fs.read", "fs.write", "tool.call"] });
  if (!compiled.ok) throw new Error(compiled.fault.message);
  return compiled.lease;
}

const granted = lease({
  "fs.read": ["/workspace/**", "/etc/hosts"],
  "fs.write": ["/workspace/out/*"],
  "tool.call": ["mcp:github/*", "humanq.*"],
});

const attacks: readonly [namespace: string, target: string, allowed: boolean][] = [
  ["fs.read", "/workspace/a.ts", true],
  ["fs.read", "/workspace", true],
  ["fs.read", "/workspace/a/../b", true],
  ["fs.read", "/etc/hosts", true],
  ["fs.read", "/etc/hosts/", true],
  ["fs.read", "/workspace/e\u0301", true],
  ["fs.read", "/etc/passwd", false],
  ["fs.read", "/workspace-evil/a", false],
  ["fs.read", "/workspace/../etc/passwd", false],
  ["fs.read", "/workspace/%2e%2e/etc/passwd", false],
  ["fs.read", "/workspace/..%2fetc/passwd", false],
  ["fs.read", "/workspace\\..\\etc", false],
  ["fs.read", "/workspace/a\0.ts", false],
  ["fs.read", "/workspace/a\n", false],
  ["fs.read", "/workspace/\ud800", false],
  ["fs.read", "workspace/a", false],
  ["fs.read", "", false],
  ["fs.read", "/WORKSPACE/a", false],
  ["fs.read", "/workspace\u0301/a", false],
  ["fs.read", `/workspace/${"a".repeat(5000)}`, false],
  ["fs.write", "/workspace/out/a", true],
  ["fs.write", "/workspace/out/a/b", false],
  ["fs.write", "/workspace/out", false],
  ["fs.write", "/workspace/a.ts", false],
  ["tool.call", "mcp:github/create", true],
  ["tool.call", "humanq.ask", true],
  ["tool.call", "mcp:github/../shell/exec", false],
  ["tool.call", "mcp:github/a/b", false],
  ["tool.call", "fs.read", false],
  ["tool.call", "", false],
  ["net.fetch", "https://example.com/", false],
  ["FS.READ", "/workspace/a", false],
  ["__proto__", "/workspace/a", false],
  ["constructor", "x", false],
  ["", "", false],
];

describe("authorising an operation (LEASE-01, ENF-02)", () => {
  it.each(attacks)("%s of %j: %s", (namespace, target, allowed) => {
    const verdict = authorize(granted, { namespace, target });
    expect(verdict.allowed).toBe(allowed);
    if (!verdict.allowed) expect(verdict.code).toBe("PERMISSION_DENIED");
  });

  it("says what was refused and why", () => {
    expect(authorize(granted, { namespace: "fs.read", target: "/etc/passwd" })).toEqual({
      allowed: false,
      code: "PERMISSION_DENIED",
      message: 'fs.read of "/etc/passwd" is refused: no pattern of the lease covers it',
      details: { namespace: "fs.read", target: "/etc/passwd" },
    });
    expect(authorize(granted, { namespace: "net.fetch", target: "x" })).toMatchObject({
      message: expect.stringContaining("the lease grants no net.fetch"),
    });
    expect(authorize(granted, { namespace: "fs.read", target: "/a\\b" })).toMatchObject({
      details: { reason: "a backslash is refused" },
    });
  });

  it("takes no namespace for another", () => {
    const reading = lease({ "fs.read": ["/**"], "tool.call": [] });
    expect(authorize(reading, { namespace: "fs.read", target: "/a" }).allowed).toBe(true);
    expect(authorize(reading, { namespace: "fs.write", target: "/a" }).allowed).toBe(false);
    expect(authorize(reading, { namespace: "tool.call", target: "/a" }).allowed).toBe(false);
  });

  it("names the path that was asked for, not where a link leads", () => {
    const operation = { namespace: "fs.read", target: "/secret/place", asked: "/workspace/link" };
    const verdict = authorize(granted, operation);
    expect(verdict).toMatchObject({ allowed: false, details: { target: "/workspace/link" } });
    expect(JSON.stringify(verdict)).not.toContain("secret");
  });

  it("hands out the canonical URL, and names none with its query or password", () => {
    const compiled = compileLease(
      { "net.fetch": ["https://*.example.com/**"] },
      { served: ["net.fetch"] },
    );
    if (!compiled.ok) throw new Error(compiled.fault.message);
    const ask = (target: string) => authorize(compiled.lease, { namespace: "net.fetch", target });
    expect(ask("HTTPS://api.EXAMPLE.com.:443/a/../b?q=%2F#x")).toEqual({
      allowed: true,
      target: "https://api.example.com/b?q=%2F",
    });
    for (const target of ["https://evil.example/a?key=secret", "https://u:secret@a.example.com/"]) {
      expect(ask(target)).toMatchObject({ allowed: false, code: "PERMISSION_DENIED" });
      expect(JSON.stringify(ask(target))).not.toContain("secret");
    }
  });

  it("enforces a vendor's namespace as what it was granted as (GLOB-16)", () => {
    const compiled = compileLease(
      { "x-vendor.acme.gpu": ["a100", "pool/*"], "x-vendor.acme.table": ["/sales/**"] },
      { served: [], vendors: { "x-vendor.acme.gpu": "name", "x-vendor.acme.table": "path" } },
    );
    if (!compiled.ok) throw new Error(compiled.fault.message);
    const stored = JSON.parse(JSON.stringify(compiled.lease)) as CompiledLease;
    const answers = [
      ["x-vendor.acme.gpu", "a100"],
      ["x-vendor.acme.gpu", "pool/7"],
      ["x-vendor.acme.gpu", "h100"],
      ["x-vendor.acme.gpu", "pool/a/b"],
      ["x-vendor.acme.table", "/sales/2026"],
      ["x-vendor.acme.table", "/sales/../people"],
      ["x-vendor.acme.table", "sales"],
      ["x-vendor.acme.cpu", "a100"],
    ].map(([namespace, target]) => authorize(stored, { namespace: namespace!, target: target! }));
    expect(answers.map(({ allowed }) => allowed)).toEqual([
      ...[true, true, false, false],
      ...[true, false, false, false],
    ]);
  });

  it("keeps a refusal short", () => {
    const verdict = authorize(granted, { namespace: "x".repeat(9999), target: "/y".repeat(9999) });
    expect(JSON.stringify(verdict).length).toBeLessThan(2000);
  });

  it("grants nothing without a lease", () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ unit: "binary" }), (namespace, target) => {
        expect(authorize(lease({}), { namespace, target }).allowed).toBe(false);
      }),
    );
  });

  it("lets no text out of the tree that was leased", () => {
    const piece = fc.constantFrom(
      "/",
      "..",
      ".",
      "workspace",
      "%2e",
      "etc",
      "\\",
      "\0",
      "-evil",
      "a",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
        const target = `/${pieces.join("")}`;
        if (!authorize(granted, { namespace: "fs.read", target }).allowed) return;
        // The URL parser is an independent opinion on dots and what is encoded. Of slashes it has another one than a disc: an
        // empty segment is one to it, so that `/a//../workspace` would stay below `/a`.
        const { pathname } = new URL(target.replaceAll(/\/+/g, "/"), "file:///");
        const path = pathname.replace(/\/$/, "");
        expect(path === "/etc/hosts" || `${path}/`.startsWith("/workspace/")).toBe(true);
      }),
      { numRuns: 4000 },
    );
  });

  it("survives a round trip through a store", () => {
    const stored = JSON.parse(JSON.stringify(granted)) as CompiledLease;
    expect(authorize(stored, { namespace: "fs.read", target: "/workspace/a" }).allowed).toBe(true);
  });
});
