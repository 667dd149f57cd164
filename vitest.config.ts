import { configDefaults, defineConfig } from "vitest/config";

/**
 * Rooms whose tests leave nothing behind in their process: time, entropy and surroundings are arguments there, and what
 * a module keeps is found by the whole of what went in. Their files share processes, for to start one and to load the
 * same modules anew takes longer than most of them run. That none minds which went before it,
 * `npx vitest run --project alike --sequence.shuffle.files` shows.
 */
const alike = [
  "codegen/**/*.test.ts",
  "runtime-kit/{wire,sessions,jobs,leases,fuzzing,testing,jwt,runtime,client}/**/*.test.ts",
];

export default defineConfig({
  test: {
    // The default leaves one core to others, and that is half of two.
    maxWorkers: "100%",
    // A wait that never ends is a failure; these bounds are for a busy machine, not a measurement.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: { name: "alike", include: alike, isolate: false, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: {
          name: "apart",
          include: [
            "{codegen,generated,runtime-kit,conformance,examples,docs,scripts,bench}/**/*.test.ts",
          ],
          exclude: [...configDefaults.exclude, ...alike],
          sequence: { groupOrder: 0 },
        },
      },
    ],
  },
});
