import { defineConfig } from "vitest/config";

// What the client costs in a browser. Nothing is asserted: `npm run bench` prints it.
export default defineConfig({
  test: {
    environment: "node",
    include: ["bench/**/*.run.ts"],
    testTimeout: 600_000,
    hookTimeout: 60_000,
    reporters: ["dot"],
    disableConsoleIntercept: true,
  },
});
