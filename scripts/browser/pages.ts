/** Pages of one browser, each in a profile of its own, watched for whatever their policy forbids. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { launch } from "./chromium.js";

/** A page that is open. */
export interface Watched {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What its policy forbade, and errors that nobody caught, in Chromium's words. */
  readonly violations: readonly string[];
  /** Another tab of the same profile, watched along with this one. */
  tab(url: string): Promise<Page>;
}

/** A browser that is running. */
export interface Pages {
  open(url: string): Promise<Watched>;
  /** Ends the pages that were opened so far. */
  closeAll(): Promise<void>;
  quit(): Promise<void>;
}

const FORBIDDEN = /content security policy|trusted ?types?|trusted(html|script)/i;

export async function startBrowser(): Promise<Pages> {
  const browser: Browser = await launch();
  return {
    async open(url) {
      const context = await browser.newContext();
      const violations: string[] = [];
      const tab = async (at: string): Promise<Page> => {
        const page = await context.newPage();
        // The console tells of every violation, those of frames too.
        page.on("console", (message) => {
          if (FORBIDDEN.test(message.text())) violations.push(message.text());
        });
        page.on("pageerror", (error) => violations.push(error.message));
        await page.goto(at);
        return page;
      };
      return { page: await tab(url), context, violations, tab };
    },
    async closeAll() {
      for (const context of browser.contexts()) await context.close();
    },
    quit: () => browser.close(),
  };
}
