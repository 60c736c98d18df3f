import { expect } from "vitest";
import { eventually } from "./chat";
import { PASSWORD, unique } from "./person";
import { scene } from "./stage";

scene("two people register, meet in a room and talk", async (s) => {
  const [ann, bob] = [unique("ann"), unique("bob")];
  const room = unique("hall");
  const a = await (await s.browser()).open();
  await a.outside();
  await a.signUp(ann, PASSWORD);
  await a.button("New room").first().click();
  await a.dialog.getByLabel("Name", { exact: true }).fill(room);
  await a.dialog.getByRole("button", { name: "Create room" }).click();
  await a.title(room);
  await a.say("hello from **ann**");
  await a.hears("hello from ann");

  const b = await (await s.browser()).open();
  await b.signUp(bob, PASSWORD);
  await b.side.getByRole("link", { name: "All rooms" }).click();
  await b.page.getByLabel("Search rooms").fill(room);
  await b.card(room).getByRole("button", { name: "Join" }).click();
  await b.title(room);
  await b.hears("hello from ann");
  await b.say("hello from bob");
  await a.hears("hello from bob");
  await eventually(() => a.texts()).toEqual(["hello from ann", "hello from bob"]);
  await eventually(() => b.texts()).toEqual(["hello from ann", "hello from bob"]);
  expect(await b.message("hello from ann").locator("strong").textContent()).toBe("ann");
});

scene("who logs in stays so after a reload, and not after logging out", async (s) => {
  const ann = await s.person("ann");
  const a = await (await s.browser()).open();
  await a.signIn(ann.name, "wrong horse battery");
  await a.page.getByText("Name or password is wrong.").waitFor();
  await a.signIn(ann.name, PASSWORD);
  await a.inside();
  await a.page.reload();
  await a.inside();
  await a.signOut();
  await a.page.getByText("You are logged out.").waitFor();
  await a.page.reload();
  await a.outside();
});
