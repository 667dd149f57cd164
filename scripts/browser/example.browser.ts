/** `examples/browser`, used as a person would use it. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { leaveNothingBehind, run } from "../../examples/harness/processes.js";
import type { Running } from "../../examples/harness/processes.js";
import { startBrowser } from "./pages.js";
import type { Pages, Watched } from "./pages.js";
import { TOKEN, serveFor } from "./served.js";
import type { Served } from "./served.js";

let browser: Pages;
let site: Running;
let origin: string;
let served: Served;

beforeAll(async () => {
  leaveNothingBehind();
  site = run(fileURLToPath(new URL("../../examples/browser/serve.ts", import.meta.url)), [], {
    PORT: "0",
  });
  const [, told] = (await site.match(/^open (\S+)$/m)) ?? [];
  if (told === undefined) throw new Error(`the page is not served:\n${site.stderr}`);
  origin = told;
  [browser, served] = await Promise.all([startBrowser(), serveFor([origin])]);
});
afterEach(() => browser.closeAll());
afterAll(async () => {
  site?.kill("SIGTERM");
  await Promise.all([browser?.quit(), served?.stop()]);
});

/** Opens the page and connects. */
async function connected(token: string): Promise<Watched> {
  const opened = await browser.open(origin);
  await opened.page.getByLabel("Runtime").fill(served.url);
  await opened.page.getByLabel("Token").fill(token);
  await opened.page.getByRole("button", { name: "Connect" }).click();
  return opened;
}

async function submit({ page }: Watched, agent: string, input: unknown): Promise<void> {
  await page.getByLabel("Agent").selectOption(agent);
  await page.getByLabel("Input").fill(JSON.stringify(input));
  await page.getByRole("button", { name: "Submit" }).click();
}

it("connects, submits, follows the job and lists it", async () => {
  const opened = await connected(TOKEN);
  const { page, violations } = opened;
  await expect.poll(() => page.getByRole("status").textContent()).toBe("connected to arcp");
  expect(await page.getByLabel("Token").inputValue()).toBe("");
  await submit(opened, "counter", { to: 5, pauseMs: 5 });
  await expect.poll(() => page.locator("#result").textContent()).toBe('"counted to 5"');
  expect(await page.locator("#events li").count()).toBe(5);
  expect(
    await page.getByRole("progressbar").evaluate((bar: HTMLProgressElement) => bar.value),
  ).toBe(5);
  await expect
    .poll(() => page.locator("#jobs tr").first().textContent())
    .toMatch(/^job_\w+counter@1\.0\.0success/);
  expect(violations).toEqual([]);
});

it("cancels", async () => {
  const opened = await connected(TOKEN);
  const { page, violations } = opened;
  await submit(opened, "waiter", null);
  await page.locator("#events li").waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect.poll(() => page.locator("#result").textContent()).toContain("[CANCELLED]");
  expect(violations).toEqual([]);
});

it("shows markup of an agent as the text that it is", async () => {
  const opened = await connected(TOKEN);
  const { page, violations } = opened;
  const text = `<img src=x onerror="document.title='taken'"><script>document.title='taken'</script>`;
  await submit(opened, "parrot", { text });
  await expect.poll(() => page.locator("#result").textContent()).toBe(JSON.stringify(text));
  expect(await page.locator("#events li").first().textContent()).toContain("<img src=x");
  expect(await page.locator("#job img, #job script").count()).toBe(0);
  expect(await page.title()).toBe("ARCP jobs");
  expect(violations).toEqual([]);
});

it("says what is wrong: a token, an input, an address", async () => {
  const { page, violations } = await connected("wrong");
  const line = page.getByRole("status");
  await expect.poll(() => line.textContent()).toContain("[UNAUTHENTICATED]");
  await page.getByLabel("Token").fill(TOKEN);
  await page.getByRole("button", { name: "Connect" }).click();
  await page.getByLabel("Input").fill("{");
  await page.getByRole("button", { name: "Submit" }).click();
  await expect.poll(() => line.textContent()).toContain("JSON");
  // It is of the job that failed, not of the next one.
  await page.getByLabel("Input").fill("{}");
  await page.getByRole("button", { name: "Submit" }).click();
  await expect.poll(() => line.textContent()).toMatch(/^connected to /);
  await page.getByLabel("Runtime").fill("ws://127.0.0.1:1/arcp");
  await page.getByLabel("Token").fill(TOKEN);
  await page.getByRole("button", { name: "Connect" }).click();
  await expect.poll(() => line.textContent()).toContain(`--allowed-origin ${origin}`);
  expect(violations).toEqual([]);
});

it("has the policy that docs/browser.md shows", async () => {
  const guide = await readFile(new URL("../../docs/browser.md", import.meta.url), "utf8");
  const [, policy] = /^```csp\n(.+)\n```$/m.exec(guide) ?? [];
  expect((await fetch(origin)).headers.get("content-security-policy")).toBe(policy);
});

it("gives the page and the client, and nothing else of the disc", async () => {
  const statusOf = async (path: string) => (await fetch(`${origin}${path}`)).status;
  expect(await statusOf("/arcp/runtime-kit/client/index.js")).toBe(200);
  for (const path of ["/serve.ts", "/arcp/package.json", "/arcp/runtime-kit/%2e%2e/%2e%2e/x.js"]) {
    expect(await statusOf(path), path).toBe(404);
  }
});
