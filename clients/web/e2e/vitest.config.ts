import { defineConfig } from "vitest/config";

// The browser tests. services/lair/e2e/web starts the system and runs this.
export default defineConfig({
  test: {
    environment: "node",
    include: ["e2e/**/*.e2e.ts"],
    // One process and one browser: the machine has other work to do.
    fileParallelism: false,
    isolate: false,
    testTimeout: 90_000,
    // A browser on a busy machine drops a click now and then. The output names what was
    // played twice.
    retry: 1,
    hookTimeout: 60_000,
    reporters: ["verbose"],
  },
});
