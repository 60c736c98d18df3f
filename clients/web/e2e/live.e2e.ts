import { expect } from "vitest";
import { eventually } from "./chat";
import type { Person } from "./person";
import { control } from "./settings";
import { briefScene, scene } from "./stage";

scene("after a time offline nothing is missing and nothing is there twice", async (s) => {
  s.rough = true;
  const [ann, bob] = await s.pair();
  const room = await ann.room("hall", [bob]);
  const a = await (await s.browser({ as: ann })).open(`/r/${room.id}`);
  await a.say("1 from ann");
  await a.hears("1 from ann");
  await a.settled();
  await a.offline(true);
  await a.page.getByText("You are offline.").waitFor();
  for (let i = 2; i <= 6; i++) await bob.say(room, `${i} from bob`);
  await a.say("7 written offline");
  await a.say("8 written offline");
  await a.message("8 written offline").getByText("Waits for the connection").waitFor();
  await a.offline(false);
  await a.hears("6 from bob");
  await a.settled();
  const history = (await ann.history(room)).map((x) => x.content);
  expect(history).toHaveLength(8);
  await eventually(() => a.texts()).toEqual(history);
});

scene("what was written offline survives a reload, and is sent once", async (s) => {
  s.rough = true;
  const [ann, bob] = await s.pair();
  const room = await ann.room("hall", [bob]);
  const a = await (await s.browser({ as: ann })).open(`/r/${room.id}`);
  await a.say("online");
  await a.hears("online");
  await a.settled();
  await a.ready();
  await a.offline(true);
  await a.page.getByText("You are offline.").waitFor();
  await a.say("in the tunnel");
  await eventually(() => a.stored()).toContain("in the tunnel");
  await a.page.reload();
  await a.message("in the tunnel").getByText("Waits for the connection").waitFor();
  await a.offline(false);
  await a.settled();
  await eventually(async () => (await ann.history(room)).map((x) => x.content)).toEqual([
    "online",
    "in the tunnel",
  ]);
  await eventually(() => a.texts()).toEqual(["online", "in the tunnel"]);
});

scene("without a network the page opens, and rooms switch", async (s) => {
  s.rough = true;
  const [ann, bob] = await s.pair();
  const [hall, den] = [await ann.room("hall", [bob]), await ann.room("den", [bob])];
  await bob.say(hall, "said in the hall");
  await bob.say(den, "said in the den");
  const a = await (await s.browser({ as: ann })).open(`/r/${hall.id}`);
  await a.hears("said in the hall");
  await a.go(den.name);
  await a.hears("said in the den");
  await eventually(() => a.stored()).toContain("said in the den");
  await a.ready();
  await a.offline(true);
  await a.page.reload();
  await a.hears("said in the den");
  await a.go(hall.name);
  await a.hears("said in the hall");
  await a.page.getByText("You are offline.").waitFor();
});

scene("when the network is cut and mended, the page goes on by itself", async (s) => {
  s.rough = true;
  const [ann, bob] = await s.pair();
  const room = await ann.room("hall", [bob]);
  const a = await (await s.browser({ as: ann })).open(`/r/${room.id}`);
  await a.say("before");
  await a.hears("before");
  await a.settled();
  await control("one", "cut");
  try {
    await a.say("meanwhile");
    await bob.say(room, "meanwhile, too");
    await a.page.getByText("No connection.").waitFor();
  } finally {
    await control("one", "mend");
  }
  // The page may be faster than the click: then there is nothing left to click at.
  await Promise.race([
    a
      .button("Try now")
      .click()
      .catch(() => undefined),
    a.hears("meanwhile, too"),
  ]);
  await a.hears("meanwhile, too");
  await a.settled();
  const history = (await ann.history(room)).map((x) => x.content);
  await eventually(() => a.texts()).toEqual(history);
});

scene("two tabs are in step", async (s) => {
  const [ann, bob] = await s.pair();
  const [room, other] = [await ann.room("hall", [bob]), await ann.room("other", [bob])];
  const a = await (await s.browser({ as: ann })).open(`/r/${room.id}`);
  const tab = await a.tab(`/r/${other.id}`);
  await tab.box.waitFor();
  await a.say("from the first tab");
  await a.hears("from the first tab");
  await bob.say(other, "for the second tab");
  await tab.hears("for the second tab");
  await tab.go(room.name);
  await tab.hears("from the first tab");
  await tab.box.fill("a draft");
  await a.go(other.name);
  await a.item(room.name).getByText("Draft").waitFor();
  await a.hears("for the second tab");
  await eventually(() =>
    tab
      .item(other.name)
      .getByText(/unread/)
      .count(),
  ).toBe(0);
});

scene("one sees who is here", async (s) => {
  const [ann, bob] = await s.pair();
  const a = await (await s.browser({ as: ann })).open(`/d/${bob.id}`);
  const state = (name: string) => a.main.locator("header").getByText(name, { exact: true });
  await state("Offline").waitFor();
  const b = await (await s.browser({ as: bob })).open();
  await b.inside();
  await state("Online").waitFor();
  await b.page.context().close();
  await state("Offline").waitFor();
});

scene("notifications come when one looks elsewhere, and lead to the message", async (s) => {
  const [ann, bob] = await s.pair();
  const [room, other] = [await ann.room("hall", [bob]), await bob.room("other")];
  const b = await s.browser({ as: bob, permissions: ["notifications"] });
  await b.page.addInitScript(() => {
    const shown: unknown[] = [];
    Object.assign(window, { shown });
    class Stub {
      static readonly permission = "granted";
      static requestPermission = async () => "granted";
      onclick?: () => void;
      constructor(
        readonly title: string,
        readonly options: object,
      ) {
        shown.push(this);
      }
      close() {}
    }
    Object.assign(window, { Notification: Stub });
  });
  const shown = () =>
    b.page.evaluate(() =>
      (window as unknown as { shown: { title: string; options: { body: string } }[] }).shown.map(
        (x) => `${x.title}: ${x.options.body}`,
      ),
    );
  await b.open(`/r/${other.id}`);
  await b.button("Turn on").click();
  await b.button("Turn on").waitFor({ state: "detached" });
  await ann.say(room, "nothing for you");
  await ann.say(room, `ping @${bob.name}`);
  await ann.say(bob, "psst");
  await eventually(shown).toEqual([
    `${ann.name} in ${room.name}: ping @${bob.name}`,
    `${ann.name}: psst`,
  ]);
  await b.go(room.name);
  await b.button("Notifications").click();
  await b.page.getByRole("menuitemradio", { name: "Nothing" }).click();
  await b.go(other.name);
  await ann.say(room, `again @${bob.name}`);
  await ann.say(bob, "and again");
  await eventually(shown).toHaveLength(3);
  expect((await shown())[2]).toBe(`${ann.name}: and again`);
  await b.page.evaluate(() =>
    (window as unknown as { shown: { onclick(): void }[] }).shown[2]?.onclick(),
  );
  await b.title(ann.name);
  await b.hears("and again");
});

scene("a notice of those who run the server is shown until it is closed", async (s) => {
  const [ann, root] = [await s.person("ann"), await s.person("root")];
  await control("one", "promote", root.name);
  const a = await (await s.browser({ as: ann })).open();
  await a.inside();
  await a.online();
  await root.call("POST", "/admin/notices", {
    message: "We move to <b>Köln</b>",
    severity: "critical",
  });
  const notice = a.main.getByText("We move to <b>Köln</b>");
  await notice.waitFor();
  await a.main.getByRole("status").getByRole("button", { name: "Close" }).click();
  await notice.waitFor({ state: "detached" });
});

briefScene("a login that is about to end is told of, and kept by a click", async (s) => {
  s.rough = true;
  const ann = await s.person("ann");
  const a = await s.browser({ as: ann });
  // The page extends the login by itself: what is to be seen is that it could not.
  let cut = true;
  await a.page.route("**/auth/refresh", (route) => (cut ? route.abort() : route.continue()));
  await a.open();
  await a.inside();
  const before = await ends(ann);
  // The gateway looks at all logins three times a minute.
  await a.page.getByText("Your login ends at").waitFor({ timeout: 60_000 });
  const kept = a.page.waitForResponse((r) => r.url().endsWith("/auth/refresh") && r.ok());
  cut = false;
  await a.button("Stay logged in").click();
  await kept;
  await a.page.getByText("Your login ends at").waitFor({ state: "detached" });
  await a.online();
  expect(await ends(ann)).toBeGreaterThan(before);
});

/** When the login of somebody ends. */
async function ends(who: Person): Promise<number> {
  const { sessions } = await who.call<{ sessions: { expires_at: string }[] }>("GET", "/sessions");
  return Date.parse(sessions[0]?.expires_at ?? "");
}

scene("a part of the page that cannot be loaded is said, and the rest goes on", async (s) => {
  s.rough = true;
  s.expected.push(/registration blocked by Playwright/);
  const [ann, bob] = await s.pair();
  const room = await ann.room("hall", [bob]);
  // A worker that has fetched the part already would have it.
  const browser = await s.browser({ as: ann, serviceWorkers: "block" });
  const a = await browser.open(`/r/${room.id}`);
  await a.box.fill("half a sentence");
  let asked = 0;
  await a.page.context().route("**/assets/help-*.js", (route) => {
    asked++;
    return route.fulfill({ status: 404, body: "" });
  });
  await a.page.waitForLoadState("load");
  // The page is loaded anew once: it may be that of an older server.
  const anew = a.page.waitForEvent("load");
  await a.page.keyboard.press("Control+/");
  await anew;
  await eventually(() => a.box.inputValue()).toBe("half a sentence");
  await a.page.keyboard.press("Control+/");
  await a.page.getByText("This could not be opened.").waitFor();
  expect(asked).toBeGreaterThan(1);
  await bob.say(room, "are you there?");
  await a.hears("are you there?");
  await a.page.context().unroute("**/assets/help-*.js");
  await a.page.getByRole("button", { name: "Reload" }).click();
  await a.inside();
  await a.page.keyboard.press("Control+/");
  await a.dialog.getByRole("heading", { name: "Keyboard shortcuts" }).waitFor();
});
