/** Sessions that are kept in `localStorage`, in real tabs, against `arcp serve` in a process of its own. */
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { leaveNothingBehind } from "../../examples/harness/processes.js";
import type { Client, Job } from "../../runtime-kit/client/index.js";
import { startBrowser } from "./pages.js";
import type { Pages, Watched } from "./pages.js";
import { TOKEN, serveFor } from "./served.js";
import type { Served } from "./served.js";
import { serveSite } from "./site.js";
import type { Site } from "./site.js";

let browser: Pages;
let site: Site;
let served: Served;
let open: Watched;
let way: { readonly url: string; readonly token: string };

beforeAll(async () => {
  leaveNothingBehind();
  [browser, site] = await Promise.all([startBrowser(), serveSite()]);
  served = await serveFor([site.origin]);
  way = { url: served.url, token: TOKEN };
});
beforeEach(async () => {
  open = await browser.open(site.origin);
});
afterEach(async () => {
  expect(open.violations).toEqual([]);
  await browser.closeAll();
});
afterAll(async () => {
  await Promise.all([browser?.quit(), site?.close(), served?.stop()]);
});

/** What a page of these tests keeps at hand. */
interface Kept {
  client: Client;
  job: Job;
  seqs: number[];
  ended: string | undefined;
}

/** Connects with what is kept, takes up its job or submits one, and reads it. Tells how it came to nothing. */
function begin(page: Page, agent = "counter"): Promise<string | undefined> {
  return page.evaluate(
    async ({ url, token, agent }) => {
      const session = arcp.keptInLocalStorage("kept");
      try {
        const client = await arcp.connect(url, { token, session });
        const [job = await client.submit(agent, { to: 150, pauseMs: 5 })] = await client.openJobs();
        const kept: Kept = { client, job, seqs: [], ended: undefined };
        Object.assign(globalThis, { kept });
        void (async () => {
          try {
            for await (const event of job) kept.seqs.push(event.seq);
            kept.ended = String(await job.result());
          } catch (error) {
            kept.ended = (error as Error).message;
          }
        })();
        return undefined;
      } catch (error) {
        return (error as Error).message;
      }
    },
    { ...way, agent },
  );
}

const seqsOf = (page: Page): Promise<number[]> =>
  page.evaluate(() => (globalThis as unknown as { kept: Kept }).kept.seqs);
const endOf = (page: Page): Promise<string | undefined> =>
  page.evaluate(() => (globalThis as unknown as { kept: Kept }).kept.ended);
const textOf = (page: Page): Promise<string> =>
  page.evaluate(() => localStorage.getItem("kept") ?? "");

async function until<T>(look: () => Promise<T>, holds: (seen: T) => boolean): Promise<T> {
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
  }
}

it("a page that is loaded again goes on with its job, without a gap", async () => {
  const { page } = open;
  expect(await begin(page)).toBeUndefined();
  const before = await until(
    () => seqsOf(page),
    (seqs) => seqs.length >= 60,
  );
  await page.reload();
  expect(await begin(page)).toBeUndefined();
  await until(
    () => endOf(page),
    (ended) => ended !== undefined,
  );
  const after = await seqsOf(page);
  expect(await endOf(page)).toBe("counted to 150");
  expect(after).toEqual(Array.from({ length: after.length }, (_, at) => after[0]! + at));
  expect(after.at(-1)).toBe(150);
  // Some of what was read in the last moments may come again, but not all of it.
  expect(after[0]).toBeGreaterThan(1);
  // It read on between the look and the reload.
  expect(after[0]).toBeLessThan(150);
  expect(before.length).toBeGreaterThanOrEqual(60);
});

it("one tab has it at a time; when that is closed another goes on, and cancels", async () => {
  const { page, tab } = open;
  expect(await begin(page, "waiter")).toBeUndefined();
  const other = await tab(site.origin);
  expect(await begin(other)).toBe(
    '[NOT_KEPT] another tab has the session in localStorage["kept"]: close it, or go on there',
  );
  // The first one noticed nothing of it.
  await page.evaluate(() => (globalThis as unknown as { kept: Kept }).kept.client.ping());
  await page.close();
  await until(
    () => begin(other),
    (refused) => refused === undefined,
  );
  const id = await other.evaluate(async () => {
    const { job } = (globalThis as unknown as { kept: Kept }).kept;
    await job.cancel("the other tab is gone");
    return job.id;
  });
  expect(id).toMatch(/^job_/);
  await until(
    () => endOf(other),
    (ended) => ended?.startsWith("[CANCELLED]") === true,
  );
});

it("where there are no locks the tab that came last has it, and nothing of it is written over", async () => {
  const { page, context, tab } = open;
  await context.addInitScript(() => {
    Object.defineProperty(navigator, "locks", { value: undefined });
  });
  await page.reload();
  expect(await begin(page, "waiter")).toBeUndefined();
  const other = await tab(site.origin);
  // The first one may have written while this one took over, which then is refused rather than write over it.
  await until(
    () => begin(other),
    (refused) => refused === undefined,
  );
  const ended = await until(
    () => endOf(page),
    (one) => one !== undefined,
  );
  expect(ended).toContain("[SUPERSEDED]");
  const text = await textOf(other);
  await other.reload();
  expect(await textOf(other)).toBe(text);
  expect(await begin(other)).toBeUndefined();
});

it("keeps no bearer token", async () => {
  const { page } = open;
  await begin(page);
  const text = await until(
    () => textOf(page),
    (one) => one.includes('"job_id"'),
  );
  expect(text).not.toContain(TOKEN);
});
