import { expect } from "vitest";
import { eventually } from "./chat";
import { PASSWORD, unique } from "./person";
import { scene } from "./stage";

scene("everything that is done every day is done with the keyboard alone", async (s) => {
  const ann = await s.person("ann");
  const [room, other] = [await ann.room("hall"), await ann.room("other")];
  const name = unique("bob");
  const b = await (await s.browser()).open();
  await b.outside();
  const keys = b.page.keyboard;
  const focused = () =>
    b.page.evaluate(() => {
      const el = document.activeElement;
      if (el === document.body) return "";
      return el?.getAttribute("aria-label") || el?.textContent?.trim() || el?.getAttribute("name");
    });
  const tabTo = async (what: string | RegExp) => {
    const passed: unknown[] = [];
    for (let i = 0; i < 60; i++) {
      const at = (await focused()) ?? "";
      if (new RegExp(what).test(at)) return;
      passed.push(at.slice(0, 30));
      await keys.press("Tab");
    }
    throw new Error(`Tab never comes to ${what}: ${passed}`);
  };
  // Registers.
  await b.page.getByRole("tab", { name: "Log in" }).focus();
  await keys.press("ArrowRight");
  await tabTo("username");
  await keys.type(name);
  await keys.press("Tab");
  await keys.type(`${name}@example.org`);
  await keys.press("Tab");
  await keys.type(PASSWORD);
  await keys.press("Enter");
  await b.inside();
  // Joins two rooms.
  for (const one of [room, other]) {
    // The list is one stop, and arrows move in it.
    if (one === room) await tabTo("All rooms");
    else {
      await tabTo(`^${room.name}`);
      await keys.press("Home");
    }
    await keys.press("Enter");
    await b.page.getByLabel("Search rooms").waitFor();
    await tabTo("Search rooms");
    await keys.type(one.name);
    await eventually(() => b.main.getByRole("listitem").count()).toBe(1);
    await tabTo("^Join$");
    await keys.press("Enter");
    await b.title(one.name);
    await b.box.waitFor();
    // From where one writes back to the beginning of the page.
    await b.page.locator("a").first().focus();
  }
  // Goes to one by a few letters, writes, edits and deletes.
  await keys.press("Control+k");
  await b.page.getByRole("combobox").waitFor();
  await keys.type(room.name);
  await b.page.getByRole("option", { name: room.name }).waitFor();
  await keys.press("Enter");
  await b.title(room.name);
  await eventually(focused).toMatch(/^Write in /);
  await keys.type("helo");
  await keys.press("Enter");
  await b.hears("helo");
  await b.settled();
  await keys.press("ArrowUp");
  await b.page.getByLabel("Edit message").waitFor();
  await keys.press("End");
  await keys.press("Backspace");
  await keys.type("lo");
  await keys.press("Enter");
  await b.hears("hello");
  await keys.press("Escape");
  await keys.type("second");
  await keys.press("Enter");
  await b.hears("second");
  await b.settled();
  await b.message("second").focus();
  await keys.press("Delete");
  await b.dialog.waitFor();
  await keys.press("Tab");
  await keys.press("Enter");
  await eventually(() => b.texts()).toEqual(["hello"]);
  // Goes through the rooms, opens the panel and the help.
  await keys.press("Alt+ArrowDown");
  await b.title(other.name);
  await keys.press("Alt+ArrowUp");
  await b.title(room.name);
  await keys.press("Control+.");
  await b.panel.waitFor();
  await keys.press("Control+.");
  await b.panel.waitFor({ state: "detached" });
  await b.side.getByRole("link").first().focus();
  await keys.press("?");
  await b.dialog.getByRole("heading", { name: "Keyboard shortcuts" }).waitFor();
  await keys.press("Escape");
  await b.dialog.waitFor({ state: "detached" });
  expect((await ann.history(room)).map((x) => x.content)).toEqual(["hello"]);
});

scene("the quick switcher finds rooms and people", async (s) => {
  const [ann, bob] = await s.pair();
  const [hall, den] = [await ann.room("hall", [bob]), await ann.room("den")];
  const a = await (await s.browser({ as: ann })).open(`/r/${hall.id}`);
  await a.box.waitFor();
  await a.page.keyboard.press("Control+k");
  const field = a.page.getByRole("combobox");
  await field.fill(den.name.slice(0, 6));
  await a.page.getByRole("option", { name: den.name }).click();
  await a.title(den.name);
  await a.page.keyboard.press("Control+k");
  await field.fill("no such thing anywhere");
  await a.page.getByText("Nothing found.").waitFor();
  await field.press("Escape");
  await field.waitFor({ state: "detached" });
});

scene("a direct talk is begun from the list, and from a name", async (s) => {
  const [ann, bob] = await s.pair();
  const room = await ann.room("hall", [bob]);
  await bob.say(room, "I am here");
  const a = await (await s.browser({ as: ann })).open();
  await a.side.getByRole("button", { name: "New message" }).click();
  await a.dialog.getByLabel("Search people").fill(bob.name);
  await a.dialog.getByRole("button", { name: bob.name }).click();
  await a.title(bob.name);
  await a.say("hello");
  await a.item(bob.name).waitFor();
  const b = await (await s.browser({ as: bob })).open();
  await b.go(ann.name);
  await b.hears("hello");
  await b.say("hello yourself");
  await a.hears("hello yourself");
  await a.go(room.name);
  await a.message("I am here").getByRole("button", { name: bob.name }).click();
  await a.dialog.getByRole("button", { name: "Write" }).click();
  await a.title(bob.name);
});

scene("on a phone the list and the room are two pages", async (s) => {
  const [ann, bob] = await s.pair();
  const room = await ann.room("hall", [bob]);
  const a = await s.browser({
    as: ann,
    viewport: { width: 390, height: 780 },
    hasTouch: true,
    isMobile: true,
  });
  await a.open();
  await a.item(room.name).tap();
  await a.title(room.name);
  await a.side.waitFor({ state: "hidden" });
  await a.box.fill("from the bus");
  await a.button("Send").tap();
  await a.hears("from the bus");
  await bob.say(room, "good journey");
  await a.hears("good journey");
  await a.button("Back to the list").tap();
  await a.item(room.name).waitFor();
});
