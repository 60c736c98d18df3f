import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { AxeResults } from "axe-core";
import { expect, test } from "vitest";
import type { Chat } from "./chat";
import { firstScreens, furnish, screens } from "./screens";
import { control, settings } from "./settings";
import { scene } from "./stage";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds wrong on the page as it is now, one line for each element. */
async function violations(chat: Chat): Promise<string[]> {
  await chat.page.evaluate(axe);
  const found = await chat.page.evaluate(() =>
    (window as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      resultTypes: ["violations"],
    }),
  );
  return found.violations.flatMap((v) =>
    v.nodes.map(
      (n) => `${v.id}: ${n.target.join(" ")}: ${n.failureSummary?.split("\n")[1]?.trim()}`,
    ),
  );
}

for (const [size, viewport] of [
  ["desktop", { width: 1280, height: 800 }],
  ["phone", { width: 390, height: 780 }],
] as const)
  for (const scheme of ["light", "dark"] as const)
    scene(`every screen is in order for everybody: ${size}, ${scheme}`, async (s) => {
      const world = await furnish(s);
      const wrong: string[] = [];
      const look = async (chat: Chat, name: string) => {
        const path = join(settings.artefacts, "screens", `${name}-${size}-${scheme}.png`);
        await chat.page.screenshot({ path, animations: "disabled" });
        for (const text of await violations(chat)) wrong.push(`${name}: ${text}`);
        const wide = await chat.page.evaluate(
          () => document.documentElement.scrollWidth - innerWidth,
        );
        const plain = await chat.page.locator("dialog[open]:not(:modal)").count();
        if (plain > 0) wrong.push(`${name}: a dialog that is not above the page`);
        if (wide > 0) wrong.push(`${name}: ${wide} pixels too wide`);
      };
      const phone = size === "phone";
      const options = {
        viewport,
        colorScheme: scheme,
        ...(phone ? { hasTouch: true, isMobile: true } : {}),
      };
      const out = await (await s.browser(options)).open();
      await out.outside();
      await look(out, "log-in");
      await out.page.getByRole("tab", { name: "Create account" }).click();
      await look(out, "sign-up");
      await out.open("/reset");
      await out.page.getByLabel("Code").waitFor();
      await look(out, "reset");
      for (const [as, list] of [
        [world.ann, screens(world)],
        [world.dan, firstScreens],
      ] as const) {
        const chat = await s.browser({ as, ...options });
        for (const [name, open] of list) {
          try {
            await open(chat, phone);
          } catch (error) {
            throw new Error(`${name}: ${error}`);
          }
          await look(chat, name);
        }
      }
      expect(wrong).toEqual([]);
    });

test("no overlay and no page of the settings is left out", () => {
  const source = readFileSync(new URL("../src/view/lib/overlay.ts", import.meta.url), "utf8");
  const overlays = [...source.matchAll(/readonly kind: "([a-z-]+)"/g)].map((m) => m[1]);
  expect(overlays.length).toBeGreaterThan(5);
  const nobody = {} as never;
  const names = screens({ room: nobody, bob: nobody, other: nobody, ann: nobody, dan: nobody }).map(
    ([name]) => name,
  );
  expect(names).toEqual(expect.arrayContaining(overlays));
});

scene("a warning, being offline and a failure are drawn, too", async (s) => {
  s.rough = true;
  const [ann, bob] = await s.pair();
  const root = await s.person("root");
  await control("one", "promote", root.name);
  const a = await (await s.browser({ as: ann })).open(`/d/${bob.id}`);
  await a.online();
  await bob.call("PUT", `/users/me/blocks/${ann.id}`);
  await a.say("can you read this?");
  await a.message("can you read this?").getByText("Not sent").waitFor();
  await root.call("POST", "/admin/notices", { message: "We restart at noon", severity: "warning" });
  await a.main.getByText("We restart at noon").waitFor();
  await a.offline(true);
  await a.page.getByText("You are offline.").waitFor();
  await a.say("and this?");
  await a.message("and this?").getByText("Waits for the connection").waitFor();
  await a.page.screenshot({
    path: join(settings.artefacts, "screens", "trouble-desktop-light.png"),
  });
  expect(await violations(a)).toEqual([]);
});
