import { defineConfig } from "vitest/config";

/** `npm run test:browser`: what needs a Chromium, and therefore is not part of `npm test`. */
export default defineConfig({
  test: {
    include: ["scripts/browser/*.browser.ts"],
    globalSetup: "scripts/browser/chromium.ts",
    fileParallelism: false,
    // A wait that never ends is a failure; these bounds are for a busy machine, not a measurement.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
