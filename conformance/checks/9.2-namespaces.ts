/** Section 9.2: URLs as leases see them, and the namespaces of vendors. */
import { check } from "../run/check.js";
import type { Trial } from "../run/trial.js";
import { ask, decides, needsNamespace, refusesLease } from "./9-leases.js";
import { R2 } from "./support.js";

/** Decides on URLs in one session; the check is not applicable where the runtime does not serve `net.fetch`. */
async function urls(t: Trial) {
  const peer = await t.session();
  await needsNamespace(t, peer, "net.fetch", "https://example.com/**");
  return (...decided: readonly [patterns: Texts, covered: Texts, denied: Texts]) =>
    decides(t, peer, "net.fetch", ...decided);
}

type Texts = readonly string[];

/** Checks of `net.fetch` and of vendors' namespaces. */
export const namespaceChecks = [
  check(
    {
      id: "runtime/9.2/url-parts",
      requirements: ["GLOB-06", "GLOB-07"],
      level: "MUST",
      basis: "W-39",
      needs: R2,
      mutants: ["urls-as-text", "allows-everything", "denies-everything"],
    },
    async (t) => {
      const decide = await urls(t);
      await decide(
        ["https://api.example.com/v1/**", "https://*.example.org/**"],
        [
          "https://api.example.com/v1/x",
          "https://API.EXAMPLE.COM/v1/x/y",
          "https://api.example.com:443/v1/x",
          "https://a.example.org/",
        ],
        [
          "http://api.example.com/v1/x",
          "https://api.example.com.evil.test/v1/x",
          "https://api.example.com@evil.test/v1/x",
          "https://api.example.com:8443/v1/x",
          "https://api.example.com/v1/../v2",
          "https://a.b.example.org/",
          "https://evil.test/https://api.example.com/v1/x",
        ],
      );
    },
  ),
  check(
    {
      id: "runtime/9.2/any-url-scheme",
      requirements: ["GLOB-08"],
      level: "MUST",
      basis: "W-39",
      needs: R2,
      mutants: ["allows-everything", "denies-everything"],
    },
    async (t) => {
      const decide = await urls(t);
      const own = ["s3://bucket/data/x.csv"];
      await decide(["s3://bucket/data/**"], own, ["s3://other/data/x.csv"]);
    },
  ),
  check(
    {
      id: "runtime/9.2/url-host-labels",
      requirements: ["GLOB-06"],
      level: "MUST",
      basis: "W-39",
      needs: R2,
      mutants: ["stars-cross-dots", "allows-everything", "denies-everything"],
    },
    async (t) => {
      const decide = await urls(t);
      await decide(
        ["https://*.example.com/**"],
        ["https://a.example.com/x"],
        [
          "https://a.b.example.com/x",
          "https://example.com/x",
          "https://evilexample.com/x",
          "https://a.example.com.evil.test/x",
          "https://evil.test/.example.com/x",
          "https://evil.test?.example.com/x",
          "https://evil.test#.example.com/x",
        ],
      );
      const covered = ["https://example.org/", "https://a.b.example.org/x"];
      const denied = ["https://evilexample.org/", "https://evil.test/example.org/"];
      await decide(["https://**.example.org/**"], covered, denied);
    },
  ),
  check(
    {
      id: "runtime/9.2/urls-are-canonical",
      requirements: ["GLOB-09", "GLOB-15", "SEC-07"],
      level: "MUST",
      basis: "W-39",
      needs: R2,
      mutants: ["urls-as-text", "urls-with-queries", "denies-everything"],
    },
    async (t) => {
      const decide = await urls(t);
      await decide(
        ["https://example.com/a/**", "http://127.0.0.1/**"],
        [
          "https://example.com/a/x",
          "HTTPS://EXAMPLE.COM/a/x",
          "https://example.com:443/a/x",
          "https://example.com./a/x",
          "https://example.com/b/../a/x",
          "http://2130706433/",
          "http://0x7f.1/",
        ],
        [
          "https://example.com/a/../b",
          "https://example.com/a/%2e%2e/b",
          "https://example.com/a/..%2fb",
          "https://example.com/a/..\\b",
          "https://example.com/A/x",
          "http://127.0.0.2/",
          "http://127.0.0.1:443/",
        ],
      );
      const written = ["HTTPS://Example.com.:443/./c/**", "http://0x7f.1:80/c"];
      const meant = ["https://example.com/c/x", "http://127.0.0.1/c"];
      await decide(written, meant, ["https://example.com/a/x"]);
    },
  ),
  check(
    {
      id: "runtime/9.2/query-is-not-compared",
      requirements: ["GLOB-13"],
      level: "MUST",
      basis: "W-39",
      needs: R2,
      mutants: ["urls-with-queries", "allows-everything"],
    },
    async (t) => {
      const decide = await urls(t);
      const covered = [
        "https://example.com/a",
        "https://example.com/a?b=/c",
        "https://example.com/a#b",
      ];
      const denied = [
        "https://example.com/?/a",
        "https://example.com/b?/a",
        "https://example.com/b#/a",
      ];
      await decide(["https://example.com/a"], covered, denied);
    },
  ),
  check(
    {
      id: "runtime/9.2/url-patterns-refused",
      requirements: ["GLOB-04", "GLOB-14"],
      level: "MUST",
      basis: "W-39",
      needs: R2,
      mutants: ["url-patterns-mended", "lease-stripped", "drop-session-error"],
    },
    async (t) => {
      const peer = await t.session();
      await needsNamespace(t, peer, "net.fetch", "https://example.com/**");
      const bad = [
        "https://example.com/a?b=*",
        "https://example.com/#a",
        "https://*@example.com/**",
        "https://ex**le.com/**",
        "https://example.com/a**",
      ];
      await refusesLease(
        t,
        peer,
        bad.map((pattern) => ({ "net.fetch": [pattern] })),
        { "net.fetch": ["https://**.example.com:8443/**", "s3://bucket/*"] },
      );
    },
  ),
  check(
    {
      id: "runtime/9.1/vendor-namespace-never-ignored",
      requirements: ["LEASE-05"],
      level: "MUST",
      basis: "derived",
      needs: R2,
      mutants: ["vendor-leases-ignored", "drop-session-error"],
    },
    async (t) => {
      const namespace = `x-vendor.conformance.${t.fresh("n").toLowerCase()}`;
      const program = t.program([{ op: "return" }], {
        payload: { lease_request: { [namespace]: ["a"] } },
      });
      const peer = await t.session();
      const answer = await peer.request("job.submit", program, "job.accepted");
      if (answer.message.type === "job.accepted") {
        // Whoever takes a namespace has to enforce it.
        await decides(t, peer, namespace, ["a"], ["a"], ["b"]);
      } else {
        t.refused(answer, "INVALID_REQUEST", `a lease with ${namespace}`);
      }
      await t.succeed(peer, [{ op: "return" }], {
        payload: { lease_request: { "fs.read": ["/a"] } },
      });
    },
  ),
  check(
    {
      id: "runtime/9.2/vendor-namespace-enforced",
      requirements: ["GLOB-16", "LEASE-01"],
      level: "MUST",
      basis: "W-39",
      needs: R2,
      mutants: ["vendor-leases-ignored", "allows-everything", "denies-everything"],
    },
    async (t) => {
      const peer = await t.session();
      const device = "x-vendor.conformance.device";
      await needsNamespace(t, peer, device, "a100");
      const denied = ["h100", "pool/a/b", "pool", "a1000", "pool/../a100"];
      await decides(t, peer, device, ["a100", "pool/*"], ["a100", "pool/7"], denied);
      const other = await ask(t, peer, { [device]: ["**"] }, "tool.call", ["a100"]);
      t.equal(other, ["PERMISSION_DENIED"], `tool.call under a lease for ${device}`);
    },
  ),
] as const;
