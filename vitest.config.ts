import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: [
      "{codegen,generated,runtime-kit,conformance,examples,docs,scripts,bench}/**/*.test.ts",
    ],
    // A wait that never ends is a failure; these bounds are for a busy machine, not a measurement.
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
