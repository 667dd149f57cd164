import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { DRAFT } from "../../generated/current/constants.js";
import { WireLog } from "../peer/log.js";
import type { Result, Verdict } from "../run/verdict.js";
import { conclude } from "../run/verdict.js";
import { badge } from "./badge.js";
import { escape } from "./escape.js";
import { html } from "./html.js";
import { junit } from "./junit.js";
import { markdown } from "./markdown.js";
import { buildReport } from "./report.js";

const evil = `</td><script>alert("x")</script><img src=x onerror=alert(1)>'\u202e\u0000|\`*`;
const token = "canary-of-a-token-4711";

function result(verdict: Verdict, words: string): Result {
  const log = new WireLog(new Set([token]));
  log.add("c1", "<", `${evil} ${token}`);
  return {
    id: `client/6.3/${words}`,
    verdict,
    ...(verdict === "pass" ? {} : { reason: evil }),
    notes: [evil],
    check: {
      id: `client/6.3/${words}`,
      requirements: ["RES-01"],
      level: "MUST",
      basis: "W-06",
      needs: { rung: "R0" },
      mutants: ["x"],
    },
    byTime: false,
    attempts: 2,
    ms: 12,
    log: verdict === "pass" ? [] : log.lines(),
  };
}

const results = [
  result("pass", "good"),
  result("fail", "bad"),
  result("pass-nonstrict", "lax"),
  result("not-applicable", "absent"),
  result("inconclusive", "open"),
];
const report = buildReport({
  side: "client",
  checks: results.map(({ check }) => check),
  results,
  conclusion: conclude(results),
  target: { seed: "s", timeScale: 1 },
  implementation: { name: evil, version: evil, features: [evil], agents: [] },
  command: `run ${evil}`,
  startedAt: new Date(0),
  ms: 1,
});
const page = html(report, results);

/** Whether every tag is closed in its order; void elements of HTML aside. */
function unbalanced(text: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [, close, name = "", self] of text.matchAll(
    /<(\/?)([a-zA-Z][a-zA-Z0-9]*)(?:\s[^<>]*?)?(\/?)>/g,
  )) {
    if (self === "/" || ["meta", "input"].includes(name)) continue;
    if (close === "") open.push(name);
    else if (open.pop() !== name) wrong.push(name);
  }
  return [...wrong, ...open];
}

describe("what an implementation sends", () => {
  it("stays text in every report", () => {
    for (const text of [page, junit(report, results), badge(report), markdown(report, results)]) {
      expect(text).not.toMatch(/<script|<img|onerror=alert\(1\)>/);
      for (const hidden of ["\u0000", "\u202e"]) expect(text).not.toContain(hidden);
      expect(text).not.toContain(token);
    }
    expect(page).toContain("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;");
    expect(escape("\ud800 \u001b[31m")).toBe("\ufffd \ufffd[31m");
  });

  it("leaves the markup whole", () => {
    for (const text of [page, junit(report, results), badge(report)]) {
      expect(unbalanced(text)).toEqual([]);
    }
  });

  it("ends no cell of the Markdown", () => {
    const rows = markdown(report, results)
      .split("\n")
      .filter((line) => line.startsWith("| "));
    for (const row of rows) expect(row.replaceAll("\\|", "").split("|")).toHaveLength(6);
    expect(rows).toHaveLength(5);
  });
});

describe("the page", () => {
  it("needs nothing from elsewhere, and allows its own style alone", () => {
    expect(page).not.toMatch(/(?:src|href)="(?!#)/);
    expect(page).not.toMatch(/url\(|@import| style="|<script/);
    const [, style = ""] = /<style>([^]*?)<\/style>/.exec(page) ?? [];
    const hash = createHash("sha256").update(style).digest("base64");
    const [, policy = ""] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    expect(policy.replaceAll("&#39;", "'")).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`,
    );
  });

  it("says the result first, shows the wire of a failure, and the requirement of each check", () => {
    expect(page.indexOf("NOT CONFORMANT")).toBeLessThan(page.indexOf('class="check'));
    const bad = page.slice(page.indexOf('id="client/6.3/bad" open'));
    expect(bad).toContain("The client MUST present the session_id, its newest resume_token");
    expect(bad).toContain("(redacted)");
    expect(page).not.toContain('id="client/6.3/good" open');
  });

  it("filters by verdict and by section without a script", () => {
    for (const choice of ["v-all", "v-fail", "v-pass", "s-all", "s-6-3"]) {
      expect(page).toContain(`id="${choice}"`);
      expect(page).toContain(`for="${choice}"`);
    }
    expect(page).toContain("#v-fail:checked~main .check:not(.fail)");
    expect(page).toContain("#s-6-3:checked~main .section:not(.s-6-3)");
  });
});

describe("JUnit's XML", () => {
  it("counts failures, errors and what was skipped", () => {
    const xml = junit(report, results);
    expect(xml).toContain('tests="5" failures="1" errors="1" skipped="1"');
    expect(xml).toContain('classname="client.6.3" name="bad"');
  });
});

describe("the badge", () => {
  it("says which side, and the result", () => {
    expect(badge(report)).toContain(`<title>ARCP ${DRAFT} client: not conformant</title>`);
  });
});
