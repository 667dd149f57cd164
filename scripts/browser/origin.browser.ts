/** Which pages a runtime lets in, and what the others are told; and that the policy of the pages is in force. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Frame, Page } from "playwright-core";
import { leaveNothingBehind } from "../../examples/harness/processes.js";
import { startBrowser } from "./pages.js";
import type { Pages } from "./pages.js";
import { TOKEN, serveFor } from "./served.js";
import type { Served } from "./served.js";
import { clientScript, serveSite } from "./site.js";
import type { Site } from "./site.js";

let browser: Pages;
let [allowed, foreign]: Site[] = [];
let served: Served;

beforeAll(async () => {
  leaveNothingBehind();
  [browser, allowed, foreign] = await Promise.all([startBrowser(), serveSite(), serveSite()]);
  served = await serveFor([allowed!.origin]);
});
afterEach(() => browser.closeAll());
afterAll(async () => {
  await Promise.all([browser?.quit(), allowed?.close(), foreign?.close(), served?.stop()]);
});

/** Connects and tells how it went. */
function attempt(page: Page | Frame): Promise<string> {
  return page.evaluate(
    async ({ url, token }) => {
      try {
        const client = await arcp.connect(url, { token });
        await client.close();
        return "connected";
      } catch (error) {
        return String(error);
      }
    },
    { url: served.url, token: TOKEN },
  );
}

/** Until the runtime has logged, after `from`, that it refused one connection, with 403 and this origin. */
async function refusalOf(origin: string, from: number): Promise<void> {
  const refusals = (): unknown[] =>
    served.log
      .slice(from)
      .split("\n")
      .filter((line) => line.endsWith("}") && line.includes("connection refused"))
      .map((line) => JSON.parse(line) as unknown);
  await expect.poll(refusals).toMatchObject([{ status: 403, origin }]);
}

describe("a runtime with --allowed-origin", () => {
  it("lets in the page of that origin", async () => {
    const { page, violations } = await browser.open(allowed!.origin);
    expect(await attempt(page)).toBe("connected");
    expect(violations).toEqual([]);
  });

  it("refuses a page of another origin with 403, and the page says what that may be", async () => {
    const before = served.log.length;
    const { page, violations } = await browser.open(foreign!.origin);
    const told = await attempt(page);
    expect(told).toContain("[UNREACHABLE] cannot connect to ws://127.0.0.1:");
    expect(told).toContain(`(arcp serve --allowed-origin ${foreign!.origin})`);
    await refusalOf(foreign!.origin, before);
    expect(violations).toEqual([]);
  });

  it("refuses a sandboxed frame of the very page that it lets in", async () => {
    const before = served.log.length;
    const { page, violations } = await browser.open(`${allowed!.origin}/sandbox`);
    const frame = page.frames()[1]!;
    await frame.waitForFunction(() => "arcp" in globalThis);
    expect(await attempt(frame)).toContain("this page has the origin null");
    await refusalOf("null", before);
    expect(violations).toEqual([]);
  });

  it("refuses a page from a file", async () => {
    const folder = await mkdtemp(join(tmpdir(), "arcp-browser-"));
    try {
      const file = join(folder, "page.html");
      await writeFile(file, await loosePage());
      const before = served.log.length;
      const { page } = await browser.open(pathToFileURL(file).href);
      expect(await attempt(page)).toContain("this page has the origin null");
      await refusalOf("null", before);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("is out of reach of a data: page, which Chromium keeps off this machine by itself", async () => {
    const { page } = await browser.open(`data:text/html,${encodeURIComponent(await loosePage())}`);
    expect(await attempt(page)).toContain("this page has the origin null");
  });
});

/** A page that needs no site. */
async function loosePage(): Promise<string> {
  return `<!doctype html><title>arcp</title><script>${await clientScript()}</script>`;
}

describe("the policy of these pages", () => {
  it("is in force, and what it forbids is seen", async () => {
    const { page, violations } = await browser.open(allowed!.origin);
    const markup = page.evaluate(() => (document.body.innerHTML = "<b>bold</b>"));
    await expect(markup).rejects.toThrow("TrustedHTML");
    await expect.poll(() => violations.length).toBe(1);
    const elsewhere = "ws://localhost:1/arcp";
    const told = await page.evaluate(
      (url) => arcp.connect(url).catch((error: unknown) => String(error)),
      elsewhere,
    );
    expect(told).toContain("the page's Content-Security-Policy forbids it (connect-src)");
    await expect.poll(() => violations.length).toBeGreaterThan(1);
  });
});
