/** The browser of the tests: the Chromium of the system, never one that is downloaded. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

const MISSING = `there is no Chromium here: none of ${NAMES.join(", ")} is in PATH.
On Debian and Ubuntu: apt-get update && apt-get install --yes chromium
Elsewhere install Chromium or Chrome, and say where it is: CHROMIUM=/path/to/chromium npm run test:browser`;

/** The path of the executable. Throws an `Error` that says how to get one. */
function chromiumPath(): string {
  const { CHROMIUM, PATH = "" } = process.env;
  if (CHROMIUM !== undefined) {
    if (isExecutable(CHROMIUM)) return CHROMIUM;
    throw new Error(`CHROMIUM=${CHROMIUM} is not a file that can be run`);
  }
  const candidates = PATH.split(delimiter).flatMap((folder) =>
    NAMES.map((name) => join(folder, name)),
  );
  const found = candidates.find(isExecutable);
  if (found === undefined) throw new Error(MISSING);
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Starts it, quiet: without what it would look up on the internet by itself. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath(),
    args: [
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      // Chromium refuses to run its sandbox as root, which is who runs in most containers.
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    ],
  });
}

/** Before all tests, so that a missing browser is said once. */
export function setup(): void {
  chromiumPath();
}
