import { fileURLToPath } from "node:url";
import solid from "vite-plugin-solid";
import { defineConfig } from "vitest/config";
import { pack } from "./vite/pack.ts";

// The gateway that the development server stands in front of.
const gateway = process.env.LAIR_GATEWAY ?? "http://127.0.0.1:8082";

export default defineConfig({
  // Templates go through our own policy of Trusted Types: src/view/dom.ts.
  plugins: [solid({ solid: { moduleName: "lair:dom" } }), pack()],
  build: {
    target: "es2022",
    // The content security policy of the gateway allows neither inline scripts nor data: scripts.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // One style sheet, and one file of what every page needs: many small ones are many round trips.
    cssCodeSplit: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              name: "base",
              test: /node_modules|src\/(wire|link|model|i18n\/(index|en)|view\/(ui|lib))/,
              minShareCount: 2,
            },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      "/api": gateway,
      "/ws": { target: gateway, ws: true },
    },
  },
  test: {
    environment: "node",
    include: ["src/**/*.test.ts"],
    // Solid has a server build that never updates anything; the tests need the real one.
    server: { deps: { inline: [/solid-js/] } },
  },
  resolve: {
    alias: { "lair:dom": fileURLToPath(new URL("src/view/dom.ts", import.meta.url)) },
    ...(process.env.VITEST ? { conditions: ["browser", "development"] } : {}),
  },
});
