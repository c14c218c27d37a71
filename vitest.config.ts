import { defineConfig } from "vitest/config";

// Node runs the sources as they are, in tests too: one fork for each file, two at a time on small machines.
export default defineConfig({
  test: {
    include: ["packages/**/src/**/*.test.ts", "tools/**/*.test.ts", "tests/**/*.test.ts"],
    setupFiles: [
      "packages/server/src/testing/refuse-logged-secrets.ts",
      "packages/server/src/testing/refuse-nameless-statements.ts",
    ],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A second, which is the default, is too short for what a browser shows on a busy machine.
    expect: { poll: { timeout: 30_000 } },
    globals: false,
  },
});
