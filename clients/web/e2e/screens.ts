// The screens of the client and how one comes to each; look.e2e.ts looks at all of them.

import { SETTINGS } from "../src/view/lib/route";
import type { Chat } from "./chat";
import type { Person, Room } from "./person";
import type { Stage } from "./stage";

export interface World {
  readonly ann: Person;
  readonly room: Room;
  readonly bob: Person;
  /** A room that ann is not in. */
  readonly other: Room;
  /** Who has nothing yet. */
  readonly dan: Person;
}

/** A room without a number in its name, if nobody has that name yet: for the pictures. */
async function plain(owner: Person, name: string, ...others: Person[]): Promise<Room> {
  const made = await owner.call<{ room: Room }>("POST", "/rooms", { name }).catch(() => undefined);
  const room = made?.room ?? (await owner.room(name));
  for (const p of others) await p.call("POST", `/rooms/${room.id}/join`);
  return room;
}

/** A small firm on an ordinary morning. */
export async function furnish(s: Stage): Promise<World> {
  const [ann, bob, cay, dan] = await Promise.all(
    ["ann", "bob", "cay", "dan"].map((name) => s.person(name)) as [
      Promise<Person>,
      Promise<Person>,
      Promise<Person>,
      Promise<Person>,
    ],
  );
  const other = await bob.room("elsewhere");
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
  await bob.say(
    room,
    'Here is how to try it:\n\n```sh\n# the log says more than usual\nexport LAIR_LOG_LEVEL="debug"\nmake run\n```',
  );
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
  return { ann, room, bob, other, dan };
}

type Screen = [name: string, open: (chat: Chat, phone: boolean) => Promise<void>];

/** All screens of who is logged in, each with how one comes there from the one before. */
export const screens = ({ room, bob, other }: World): Screen[] => [
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
      await c.main.getByText("Today", { exact: true }).waitFor();
      await c.main.locator("pre span").first().waitFor();
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
    "leave",
    async (c) => {
      await c.dialog.getByRole("button", { name: "Close" }).first().click();
      await c.dialog.waitFor({ state: "detached" });
      await c.panel.getByRole("button", { name: "Leave room" }).click();
      await c.dialog.getByText("You can come back at any time.").waitFor();
    },
  ],
  [
    "delete-room",
    async (c) => {
      await c.dialog.getByRole("button", { name: "Cancel" }).click();
      await c.panel.getByRole("button", { name: "Room settings" }).click();
      await c.dialog.getByRole("button", { name: "Delete room" }).click();
      await c.page.getByText("gone for everybody").waitFor();
    },
  ],
  [
    "bans",
    async (c) => {
      await c.dialog.last().getByRole("button", { name: "Cancel" }).click();
      await c.page.getByRole("tab", { name: "Bans" }).click();
      await c.dialog.getByText("Nobody is banned").waitFor();
    },
  ],
  [
    "person",
    async (c) => {
      await c.dialog.getByRole("button", { name: "Close" }).first().click();
      await c.dialog.waitFor({ state: "detached" });
      await c.panel.getByRole("tab", { name: "Members" }).click();
      await c.panel.getByRole("button", { name: /^Bob Ross/ }).click();
      await c.page.getByText("Here since").waitFor();
    },
  ],
  [
    "member-menu",
    async (c) => {
      await c.page.keyboard.press("Escape");
      await c.panel.getByRole("button", { name: "Actions for Bob Ross" }).click();
      await c.page.getByRole("menuitem", { name: "Hand the room over" }).waitFor();
    },
  ],
  [
    "ban",
    async (c) => {
      await c.page.getByRole("menuitem", { name: "Ban", exact: true }).click();
      await c.dialog.getByText("cannot come back").waitFor();
    },
  ],
  [
    "direct",
    async (c) => {
      await c.dialog.getByRole("button", { name: "Cancel" }).click();
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
    "edit",
    async (c) => {
      await c.page.keyboard.press("Escape");
      await c.open(`/r/${room.id}`);
      await c.hears("I take the first one");
      await c.tool("I take the first one", "Edit");
      await c.page.getByLabel("Edit message").waitFor();
    },
  ],
  [
    "delete-message",
    async (c) => {
      await c.page.getByLabel("Edit message").press("Escape");
      await c.tool("I take the first one", "Delete");
      await c.dialog.getByText("It disappears for everybody.").waitFor();
    },
  ],
  [
    "mention",
    async (c) => {
      await c.dialog.getByRole("button", { name: "Cancel" }).click();
      await c.box.fill(`@${bob.name.slice(0, 3)}`);
      await c.page.getByRole("listbox", { name: "Suggestions" }).waitFor();
    },
  ],
  [
    "emoji-complete",
    async (c) => {
      await c.box.fill(":smi");
      await c.page.getByRole("option").first().waitFor();
    },
  ],
  [
    "too-long",
    async (c) => {
      await c.box.fill("long ".repeat(900));
      await c.main.getByText(/bytes? left/).waitFor();
      await c.button("Send").click();
      await c.toasts.getByText("too long for one message").waitFor();
    },
  ],
  [
    "preview",
    async (c) => {
      await c.box.fill("");
      await c.open(`/r/${other.id}`);
      await c.button("Join").waitFor();
    },
  ],
  [
    "room-unknown",
    async (c) => {
      await c.open("/r/00000000-0000-7000-8000-000000000000");
      await c.main.getByText("There is no such room").waitFor();
    },
  ],
  [
    "new-dm",
    async (c) => {
      await c.open("/");
      await c.side.getByRole("button", { name: "New", exact: true }).click();
      await c.page.getByRole("menuitem", { name: "New message" }).click();
      await c.dialog.getByLabel("Search people").fill(bob.name);
      await c.dialog.getByRole("button", { name: bob.name }).waitFor();
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
    "create-room",
    async (c) => {
      await c.button("New room").last().click();
      await c.dialog.getByLabel("Places").waitFor();
    },
  ],
  [
    "directory-none",
    async (c) => {
      await c.page.keyboard.press("Escape");
      await c.page.getByLabel("Search rooms").fill("nobody called a room like this");
      await c.main.getByText("No room found").waitFor();
    },
  ],
  [
    "invitations",
    async (c) => {
      await c.open("/invitations");
      await c.button("Accept").waitFor();
    },
  ],
  ...SETTINGS.map((page): [string, (chat: Chat) => Promise<void>] => [
    `settings-${page}`,
    async (c) => {
      await c.open(`/settings/${page}`);
      await c.main.getByRole("heading", { level: 2 }).first().waitFor();
      if (page === "security") await c.page.getByText("this one").waitFor();
    },
  ]),
  [
    "delete-account",
    async (c) => {
      await c.open("/settings/profile");
      await c.button("Delete account").click();
      await c.dialog.getByLabel("Password").waitFor();
    },
  ],
  [
    "log-out",
    async (c) => {
      await c.page.keyboard.press("Escape");
      await c.open("/settings/security");
      await c.button("Log out").click();
      await c.dialog.getByText("wiped from this device").waitFor();
    },
  ],
  [
    "nowhere",
    async (c) => {
      await c.open("/no/where");
      await c.main.getByText("There is nothing here").waitFor();
    },
  ],
];

/** What somebody sees who has just come. */
export const firstScreens: Screen[] = [
  [
    "welcome",
    async (c) => {
      await c.open("/");
      await c.inside();
      await c.main
        .getByText("Join a room, make one, or write to somebody.")
        .or(c.side)
        .first()
        .waitFor();
    },
  ],
  [
    "invitations-none",
    async (c) => {
      await c.open("/invitations");
      await c.main.getByText("No invitations").waitFor();
    },
  ],
  [
    "blocks-none",
    async (c) => {
      await c.open("/settings/blocks");
      await c.main.getByText("You block nobody.").waitFor();
    },
  ],
];
