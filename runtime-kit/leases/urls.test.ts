import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matches, type Pattern } from "./glob.js";
import { canonicalUrl, parseUrlPattern, shownUrl, urlParts } from "./urls.js";

function pattern(text: string): Pattern {
  const parsed = parseUrlPattern(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.reason}`);
  return parsed.pattern;
}

function covers(text: string, url: string): boolean {
  const canonical = canonicalUrl(url);
  if (!canonical.ok) return false;
  const wanted = urlParts(canonical.text);
  return urlParts(pattern(text)).every((part, at) => matches(part, wanted[at]!));
}

/** The definition read aloud, over the platform's own idea of a URL's parts. */
function slowly(text: string, url: string): boolean {
  const word = (glob: string, given: string): boolean => {
    if (glob === "") return given === "";
    if (glob[0] === "*")
      return word(glob.slice(1), given) || (given !== "" && word(glob, given.slice(1)));
    return glob[0] === given[0] && word(glob.slice(1), given.slice(1));
  };
  const all = (globs: readonly string[], given: readonly string[]): boolean => {
    const [glob, ...rest] = globs;
    if (glob === undefined) return given.length === 0;
    if (glob === "**") return all(rest, given) || (given.length > 0 && all(globs, given.slice(1)));
    return given.length > 0 && word(glob, given[0]!) && all(rest, given.slice(1));
  };
  const { protocol, hostname, port, pathname } = new URL(url);
  const [, scheme, host, wanted = "", path] = /^(\w+:)\/\/([^/:]+):?(\d*)(.*)$/.exec(text)!;
  return (
    protocol === scheme &&
    port === (wanted === "443" ? "" : wanted) &&
    all(host!.split("."), hostname.split(".")) &&
    all((path === "" ? "/" : path!).slice(1).split("/"), pathname.slice(1).split("/"))
  );
}

describe("patterns of URLs (GLOB-06, GLOB-07)", () => {
  it("agrees with the slow matcher on everything small", () => {
    const scheme = fc.constantFrom("https", "http", "s3");
    const port = fc.constantFrom("", "", ":443", ":8443");
    const labels = (pieces: readonly string[]) =>
      fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 3 }).map((l) => l.join("."));
    const path = (pieces: readonly string[]) =>
      fc
        .array(fc.constantFrom(...pieces), { maxLength: 3 })
        .map((s) => s.map((p) => `/${p}`).join(""));
    const texts = fc.tuple(
      scheme,
      labels(["a", "b", "*", "**", "a*", "*a*"]),
      port,
      path(["a", "b", "*", "**", "a*", ""]),
    );
    const urls = fc.tuple(
      scheme,
      labels(["a", "b", "aa", "ab"]),
      port,
      path(["a", "b", "aa", "ab", ""]),
      fc.constantFrom("", "?a/b", "?"),
    );
    let covered = 0;
    fc.assert(
      fc.property(texts, urls, ([scheme, host, port, path], [s, h, p, where, query]) => {
        const text = `${scheme}://${host}${port}${path}`;
        // Often enough scheme and port fit.
        const url = `${h.length % 2 ? scheme : s}://${h}${where.length % 2 ? port : p}${where}${query}`;
        // The slow one knows one default port, and no URL without a path.
        fc.pre(scheme === "https" && (where !== "" || !url.startsWith("s3:")));
        const answer = covers(text, url);
        covered += Number(answer);
        expect([text, url, answer]).toEqual([text, url, slowly(text, url)]);
      }),
      { numRuns: 6000 },
    );
    expect(covered).toBeGreaterThan(100);
  });

  it("lets nothing out of the host that was leased, whatever the text", () => {
    const piece = fc.constantFrom(
      ..."https:// http:// / // \\ @ : ? # . .. % %2e %2f \t \n * [ ] ::1 127.1 a evil.com .example.com example.com 443 :8443 ／ 。 ＠ é".split(
        " ",
      ),
      " ",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
        for (const front of ["https://", "https://a", "https://a.example.com/x", ""]) {
          const target = `${front}${pieces.join("")}`;
          if (!covers("https://*.example.com/x/**", target)) continue;
          const url = new URL(target);
          expect(url.hostname.replace(/\.$/, "")).toMatch(/^[^.]+\.example\.com$/);
          expect([url.protocol, url.port, url.username, url.password]).toEqual([
            "https:",
            "",
            "",
            "",
          ]);
          expect(`${url.pathname}/`).toMatch(/^\/x\//);
        }
      }),
      { numRuns: 5000 },
    );
    expect(covers("https://*.example.com/x/**", "https://a.example.com/x/y")).toBe(true);
  });

  it("says what is wrong", () => {
    const reasons: readonly [text: string, reason: RegExp][] = [
      ["https://example.com/?q", /no query/],
      ["https://example.com/a/../b", /`\.\.`/],
      ["example.com", /scheme:\/\/host/],
      ["https://u:p@example.com/", /user information/],
      ["https://example.com/a**", /`\*\*` stands only/],
      ["https://**a.example.com/", /`\*\*` stands only/],
      ["https://*é.example.com/", /ASCII/],
      ["https://example.com:*/", /host or port/],
      ["https://example.com/%", /encodes nothing/],
      [`https://example.com/${"é".repeat(90)}`, /512 characters, percent-encoded/],
    ];
    for (const [text, reason] of reasons) {
      expect(parseUrlPattern(text)).toEqual({ ok: false, reason: expect.stringMatching(reason) });
    }
  });
});

describe("the canonical form (GLOB-09)", () => {
  const text = fc
    .array(
      fc.constantFrom(
        ..."https:// s3:// a B .. . / // : 80 443 ? # % %41 %7e %c3 é @ * ; 1 0x7f [::1] _ -".split(
          " ",
        ),
      ),
      { maxLength: 9 },
    )
    .map((pieces) => pieces.join(""));

  it("is the same for itself, and a URL to everybody", () => {
    fc.assert(
      fc.property(fc.constantFrom("", "https://a/", "https://", "s3://b"), text, (front, rest) => {
        const canonical = canonicalUrl(front + rest);
        if (!canonical.ok) return;
        expect(canonicalUrl(canonical.text)).toEqual(canonical);
        const url = new URL(canonical.text);
        expect(url.href).toBe(canonical.text);
        expect([url.username, url.password, url.hash]).toEqual(["", "", ""]);
      }),
      { numRuns: 5000 },
    );
  });

  it("is that of a pattern without wildcards, too", () => {
    fc.assert(
      fc.property(text, (rest) => {
        const parsed = parseUrlPattern(`https://a/${rest}`);
        if (!parsed.ok || rest.includes("*")) return;
        expect(canonicalUrl(`https://a/${rest}`)).toEqual({ ok: true, text: parsed.pattern });
      }),
      { numRuns: 2000 },
    );
  });

  it("refuses what is too long, and lone surrogates", () => {
    expect(canonicalUrl(`https://a/?${"x".repeat(9000)}`)).toMatchObject({ ok: false });
    expect(canonicalUrl("https://a/\ud800")).toMatchObject({ ok: false });
    expect(canonicalUrl("https://a/?\ud800")).toMatchObject({ ok: false });
  });
});

describe("a URL in a message", () => {
  it.each([
    ["https://example.com/a?token=secret", "https://example.com/a"],
    ["https://user:secret@example.com/a?b", "https://…@example.com/a"],
    ["https://user:se?cr/et@example.com/a?b", "https://…@example.com/a"],
    ["user:secret@example.com", "user:…@example.com"],
    ["secret@example.com", "…@example.com"],
    ["https://example.com/@user", "https://example.com/@user"],
    ["nonsense?secret", "nonsense"],
  ])("%s is %s", (text, shown) => {
    expect(shownUrl(text)).toBe(shown);
  });
});
