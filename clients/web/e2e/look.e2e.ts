import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { AxeResults } from "axe-core";
import { expect } from "vitest";
import type { Chat } from "./chat";
import type { Person, Room } from "./person";
import { control, settings } from "./settings";
import { type Stage, scene } from "./stage";

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

interface World {
  readonly ann: Person;
  readonly room: Room;
  readonly bob: Person;
}

/** A room without a number in its name, if nobody has that name yet: for the pictures. */
async function plain(owner: Person, name: string, ...others: Person[]): Promise<Room> {
  const made = await owner.call<{ room: Room }>("POST", "/rooms", { name }).catch(() => undefined);
  const room = made?.room ?? (await owner.room(name));
  for (const p of others) await p.call("POST", `/rooms/${room.id}/join`);
  return room;
}

/** A small firm on an ordinary morning. */
async function furnish(s: Stage): Promise<World> {
  const [ann, bob, cay] = await Promise.all([s.person("ann"), s.person("bob"), s.person("cay")]);
  await Promise.all([
    ann.call("PATCH", "/users/me", { display_name: "Ann Arbor" }),
    bob.call("PATCH", "/users/me", { display_name: "Bob Ross" }),
    cay.call("PATCH", "/users/me", { display_name: "Çay Öztürk" }),
  ]);
  const room = await plain(ann, "workshop", bob, cay);
  await ann.call("PATCH", `/rooms/${room.id}`, { description: "What we build, and how it goes" });
  const [plans, lunch] = [await plain(ann, "plans", bob), await plain(bob, "lunch", ann, cay)];
  await ann.say(plans, "Quarter three");
  await ann.say(room, "Good morning, all");
  await bob.say(room, "Morning! The new build is **green** 🎉");
  await bob.say(room, "Here is how to try it:\n\n```sh\nmake run\nopen http://127.0.0.1:8082\n```");
  await cay.say(
    room,
    "> The new build is green\n\nLovely. Two things are left:\n\n1. the `resume` after a long night\n2. the page of the *manual*",
  );
  await ann.say(room, "I take the first one. See https://example.org/board for the rest.");
  await cay.say(room, `@${ann.name} thank you! מה שלומך?`);
  await cay.say(lunch, "Soup today?");
  await bob.say(lunch, "With bread, please");
  await cay.say(ann, "Have you a minute?");
  const secret = await cay.room("board", [], { public: false });
  await cay.call("POST", "/invitations", { room_id: secret.id, user_id: ann.id });
  return { ann, room, bob };
}

/** All screens, each with how one comes there from a fresh page. */
const screens = ({
  room,
  bob,
}: World): [name: string, open: (chat: Chat, phone: boolean) => Promise<void>][] => [
  [
    "home",
    async (c, phone) => {
      await c.open("/");
      await c.inside();
      await c.item(room.name).waitFor();
      if (!phone) await c.main.getByText("Unread", { exact: true }).waitFor();
    },
  ],
  [
    "room",
    async (c) => {
      await c.open(`/r/${room.id}`);
      await c.hears("thank you!");
    },
  ],
  [
    "tools",
    async (c) => {
      await c.message("I take the first one").hover();
      await c.message("I take the first one").getByRole("button", { name: "More" }).click();
      await c.page.getByRole("menu").waitFor();
    },
  ],
  [
    "members",
    async (c) => {
      await c.open(`/r/${room.id}`);
      await c.hears("thank you!");
      await c.button("Members and details").click();
      await c.panel.getByText("Owners · 1").waitFor();
    },
  ],
  [
    "about",
    async (c) => {
      await c.panel.getByRole("tab", { name: "About" }).click();
      await c.panel.getByText("Open to everybody").waitFor();
    },
  ],
  [
    "room-settings",
    async (c) => {
      await c.panel.getByRole("button", { name: "Room settings" }).click();
      await c.dialog.getByLabel("Places").waitFor();
    },
  ],
  [
    "invite",
    async (c) => {
      await c.dialog.getByRole("button", { name: "Cancel" }).click();
      await c.panel.getByRole("button", { name: "Invite people" }).click();
      await c.dialog.getByLabel("Search people").fill(bob.name);
      await c.dialog
        .getByRole("button", { name: bob.name })
        .getByText("Member", { exact: true })
        .waitFor();
    },
  ],
  [
    "direct",
    async (c) => {
      await c.dialog.getByRole("button", { name: "Close" }).click();
      await c.dialog.waitFor({ state: "detached" });
      await c.panel.getByRole("button", { name: "Close" }).click();
      await c.open(`/d/${bob.id}`);
      await c.box.waitFor();
    },
  ],
  [
    "switcher",
    async (c) => {
      await c.page.keyboard.press("Control+k");
      await c.page.getByRole("option").first().waitFor();
    },
  ],
  [
    "help",
    async (c) => {
      await c.page.keyboard.press("Escape");
      await c.page.keyboard.press("Control+/");
      await c.dialog.getByRole("heading", { name: "Keyboard shortcuts" }).waitFor();
    },
  ],
  [
    "emoji",
    async (c) => {
      await c.page.keyboard.press("Escape");
      await c.button("Emoji").click();
      await c.page.getByRole("group", { name: "Emoji" }).getByRole("button").first().waitFor();
    },
  ],
  [
    "directory",
    async (c) => {
      await c.open("/rooms");
      await c.page.getByLabel("Search rooms").fill(room.name);
      await c.card(room.name).getByText("3 members").waitFor();
    },
  ],
  [
    "create",
    async (c) => {
      await c.button("New room").last().click();
      await c.dialog.getByLabel("Places").waitFor();
    },
  ],
  [
    "invitations",
    async (c) => {
      await c.open("/invitations");
      await c.button("Accept").waitFor();
    },
  ],
  ...["profile", "security", "appearance", "notifications", "blocks"].map(
    (page): [string, (chat: Chat) => Promise<void>] => [
      `settings-${page}`,
      async (c) => {
        await c.open(`/settings/${page}`);
        await c.main.getByRole("heading", { level: 2 }).first().waitFor();
        if (page === "security") await c.page.getByText("this one").waitFor();
      },
    ],
  ),
  [
    "nowhere",
    async (c) => {
      await c.open("/no/where");
      await c.main.getByText("There is nothing here").waitFor();
    },
  ],
];

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
      const chat = await s.browser({ as: world.ann, ...options });
      for (const [name, open] of screens(world)) {
        try {
          await open(chat, phone);
        } catch (error) {
          throw new Error(`${name}: ${error}`);
        }
        await look(chat, name);
      }
      expect(wrong).toEqual([]);
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
