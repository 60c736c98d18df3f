import { expect } from "vitest";
import { eventually } from "./chat";
import { PASSWORD, unique } from "./person";
import { scene } from "./stage";

scene("a login that is ended in another browser loses no draft", async (s) => {
  const [ann, bob] = await s.pair();
  const room = await ann.room("hall", [bob]);
  const a = await (await s.browser({ as: ann })).open(`/r/${room.id}`);
  await a.box.fill("what I was about to say");
  const other = await (await s.browser()).open("/settings/security");
  await other.signIn(ann.name, PASSWORD);
  await other.inside();
  await other.button("End all others").click();
  await other.page.getByText("The login is ended").waitFor();
  await a.page.getByText("This login was ended on another device.").waitFor();
  await a.signIn(ann.name, PASSWORD);
  await eventually(() => a.box.inputValue()).toBe("what I was about to say");
});

scene("a login that ended while the page was away loses no draft", async (s) => {
  const ann = await s.person("ann");
  const room = await ann.room("hall");
  const a = await (await s.browser({ as: ann })).open(`/r/${room.id}`);
  await a.box.fill("half a word");
  await eventually(() => a.stored()).toContain("half a word");
  await a.page.goto("about:blank");
  await ann.call("POST", "/auth/logout");
  await a.open(`/r/${room.id}`);
  await a.outside();
  await a.signIn(ann.name, PASSWORD);
  await eventually(() => a.box.inputValue()).toBe("half a word");
});

scene("logging out wipes what this browser has stored, in all tabs", async (s) => {
  const [ann, bob] = await s.pair();
  const room = await ann.room("hall", [bob]);
  await bob.say(room, "a secret");
  const a = await (await s.browser({ as: ann })).open(`/r/${room.id}`);
  await a.hears("a secret");
  await a.box.fill("another secret");
  const tab = await a.tab(`/r/${room.id}`);
  await tab.hears("a secret");
  await eventually(() => a.stored()).toContain("a secret");
  await a.signOut();
  await tab.outside();
  await eventually(() => a.stored()).not.toContain("secret");
  expect(await a.stored()).not.toContain(ann.name);
  await a.page.reload();
  await a.outside();
});

scene("a name, an address and a password are changed", async (s) => {
  const [ann, bob] = await s.pair();
  const room = await ann.room("hall", [bob]);
  const a = await (await s.browser({ as: ann })).open("/settings/profile");
  const b = await (await s.browser({ as: bob })).open(`/r/${room.id}`);
  await ann.say(room, "who am I");
  await b.hears("who am I");
  await a.page.getByLabel("Display name").fill("Ann of the Hall");
  await a.button("Save").click();
  await a.page.getByText("Saved", { exact: true }).first().waitFor();
  await b.message("who am I").getByRole("button", { name: "Ann of the Hall" }).waitFor();
  await a.page.getByRole("link", { name: "Password and logins" }).click();
  await a.page.getByLabel("Old password").fill("not this one");
  await a.page.getByLabel("New password").fill("battery staple horse");
  await a.button("Change password").click();
  await a.page.getByText("This is not your password.").waitFor();
  await a.page.getByLabel("Old password").fill(PASSWORD);
  await a.button("Change password").click();
  await a.page.getByText("The password is changed").waitFor();
  const again = await (await s.browser()).open();
  await again.signIn(ann.name, "battery staple horse");
  await again.inside();
});

scene("an account is deleted", async (s) => {
  const ann = await s.person("ann");
  const a = await (await s.browser({ as: ann })).open("/settings/profile");
  await a.button("Delete account").click();
  await a.dialog.getByLabel("Password").fill(PASSWORD);
  await a.button("Delete for good").click();
  await a.page.getByText("Your account is deleted.").waitFor();
  expect(await a.stored()).not.toContain(ann.name);
});

scene("a name that is taken or wrong is said at the field", async (s) => {
  const ann = await s.person("ann");
  const a = await (await s.browser()).open();
  await a.page.getByRole("tab", { name: "Create account" }).click();
  await a.page.getByLabel("User name").fill(ann.name);
  await a.page.getByLabel("E-mail address").fill("no address");
  await a.page.getByLabel("Password").fill("short");
  await a.button("Create account").click();
  await a.page.getByText("This is no e-mail address.").waitFor();
  await a.page.getByText("A password has at least 8 characters.").waitFor();
  await a.page.getByLabel("E-mail address").fill(`${unique("x")}@example.org`);
  await a.page.getByLabel("Password").fill(PASSWORD);
  await a.button("Create account").click();
  await a.page.getByText("Somebody has this name already.").waitFor();
  expect(await a.page.getByLabel("User name").getAttribute("aria-invalid")).toBe("true");
});

scene("the page speaks German, and remembers it and the theme", async (s) => {
  const ann = await s.person("ann");
  const a = await (await s.browser({ as: ann })).open("/settings/appearance");
  await a.page.getByLabel("Language").selectOption("de");
  await a.page.getByRole("heading", { name: "Einstellungen" }).waitFor();
  await a.page.getByLabel("Dunkel").check();
  const ground = () =>
    a.page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const dark = await ground();
  await a.page.reload();
  await a.page.getByRole("heading", { name: "Einstellungen" }).waitFor();
  expect(await a.page.locator("html").getAttribute("lang")).toBe("de");
  expect(await ground()).toBe(dark);
  await a.page.getByLabel("Hell").check();
  expect(await ground()).not.toBe(dark);
  const german = await (await s.browser({ locale: "de-AT" })).open();
  await german.page.getByRole("tab", { name: "Konto anlegen" }).waitFor();
});
