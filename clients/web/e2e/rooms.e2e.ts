import { expect } from "vitest";
import { eventually } from "./chat";
import { unique } from "./person";
import { scene } from "./stage";

scene("a room is made with its settings, changed and deleted", async (s) => {
  const ann = await s.person("ann");
  const a = await (await s.browser({ as: ann })).open();
  await a.side.getByRole("button", { name: "New", exact: true }).click();
  await a.page.getByRole("menuitem", { name: "New room" }).click();
  const room = unique("den");
  await a.fill("Name", room);
  await a.page.getByLabel("Description").fill("for tests");
  await a.page.getByLabel("Private").check();
  await a.page.getByLabel("Places").fill("5");
  await a.button("Create room").click();
  await a.title(room);
  await a.button("Members and details").click();
  await a.panel.getByRole("tab", { name: "About" }).click();
  await a.panel.getByText("By invitation").waitFor();
  await a.panel.getByText("for tests").waitFor();
  await a.panel.getByRole("button", { name: "Room settings" }).click();
  const changed = unique("lair");
  await a.dialog.getByLabel("Name", { exact: true }).fill(changed);
  await a.dialog.getByLabel("Private").uncheck();
  await a.dialog.getByRole("button", { name: "Save" }).click();
  await a.dialog.waitFor({ state: "detached" });
  await a.title(changed);
  await a.panel.getByText("Open to everybody on this server").waitFor();
  await a.panel.getByRole("button", { name: "Room settings" }).click();
  await a.button("Delete room").click();
  await a.dialog.last().getByRole("button", { name: "Delete room" }).click();
  await a.page.getByText("The room is deleted").waitFor();
  await a.item(changed).waitFor({ state: "detached" });
});

scene("a room is found in the directory, looked at, joined and left", async (s) => {
  const [ann, bob] = await s.pair();
  const room = await ann.room("hall");
  await ann.call("PATCH", `/rooms/${room.id}`, { description: "open to all" });
  const b = await (await s.browser({ as: bob })).open("/rooms");
  await eventually(() =>
    b.page.getByLabel("Search rooms").evaluate((el) => el === document.activeElement),
  ).toBe(true);
  await b.page.getByLabel("Search rooms").fill(room.name);
  await b.card(room.name).getByText("open to all").waitFor();
  await b.main.getByRole("link", { name: room.name }).click();
  await b.main.getByText("1 member").waitFor();
  await b.button("Join").click();
  await b.item(room.name).waitFor();
  await b.box.waitFor();
  await b.button("Members and details").click();
  await b.panel.getByText("Owners · 1").waitFor();
  await b.panel.getByText("Members · 1").waitFor();
  await b.panel.getByRole("tab", { name: "About" }).click();
  await b.button("Leave room").click();
  await b.dialog.getByRole("button", { name: "Leave room" }).click();
  await b.item(room.name).waitFor({ state: "detached" });
  await b.open(`/r/${room.id}`);
  await b.button("Join").waitFor();
});

scene("a room that is full, private or not there says so", async (s) => {
  const [ann, bob] = await s.pair();
  const full = await ann.room("full", [], { max_members: 1 });
  const closed = await ann.room("closed", [], { public: false });
  const b = await (await s.browser({ as: bob })).open(`/r/${full.id}`);
  await b.main.getByText("Full", { exact: true }).waitFor();
  for (const id of [closed.id, "00000000-0000-7000-8000-000000000000"]) {
    await b.open(`/r/${id}`);
    await b.main.getByText("There is no such room").waitFor();
  }
  await b.open("/no/such/page");
  await b.main.getByText("There is nothing here").waitFor();
});

scene("roles are given and taken, and the room is handed over", async (s) => {
  const [ann, bob] = await s.pair();
  const room = await ann.room("hall", [bob]);
  const a = await (await s.browser({ as: ann })).open(`/r/${room.id}`);
  const b = await (await s.browser({ as: bob })).open(`/r/${room.id}`);
  await a.button("Members and details").click();
  await b.button("Members and details").click();
  await a.member(bob.name, "Make a moderator");
  await b.panel.getByText("Moderators · 1").waitFor();
  await a.panel.getByText("Moderators · 1").waitFor();
  await b.button("Invite people").first().waitFor();
  await a.member(bob.name, "Make a plain member");
  await b.panel.getByText("Members · 1").waitFor();
  await a.panel.getByText("Members · 1").waitFor();
  await a.member(bob.name, "Hand the room over");
  await a.dialog.getByRole("button", { name: "Hand over" }).click();
  await b.panel.getByText("Moderators · 1").waitFor();
  await b.panel.getByRole("button", { name: `Actions for ${ann.name}` }).waitFor();
});

scene("who is muted, removed and banned is told, and comes back", async (s) => {
  const [ann, bob] = await s.pair();
  const room = await ann.room("hall", [bob]);
  const a = await (await s.browser({ as: ann })).open(`/r/${room.id}`);
  const b = await (await s.browser({ as: bob })).open(`/r/${room.id}`);
  await b.box.fill("a draft");
  await a.button("Members and details").click();
  await a.member(bob.name, "Mute");
  await b.main.getByText("You may read here, but not write.").waitFor();
  await a.member(bob.name, "Unmute");
  await b.box.waitFor();
  expect(await b.box.inputValue()).toBe("a draft");

  await a.member(bob.name, "Remove from room");
  await a.dialog.getByRole("button", { name: "Remove from room" }).click();
  await b.main.getByText("You were removed from this room.").waitFor();
  await bob.call("POST", `/rooms/${room.id}/join`);
  await b.open(`/r/${room.id}`);
  await b.box.waitFor();

  await a.member(bob.name, "Ban");
  await a.dialog.getByRole("button", { name: "Ban" }).click();
  await b.main.getByText("You are banned from this room.").waitFor();
  await a.panel.getByRole("tab", { name: "About" }).click();
  await a.button("Room settings").click();
  await a.page.getByRole("tab", { name: "Bans" }).click();
  await a.dialog.getByText(bob.name).waitFor();
  await a.button("Lift ban").click();
  await a.page.getByText("Nobody is banned from this room.").waitFor();
  await bob.call("POST", `/rooms/${room.id}/join`);
});

scene("an invitation has a badge, and is accepted or declined", async (s) => {
  const [ann, bob] = await s.pair();
  const [first, second] = [
    await ann.room("first", [], { public: false }),
    await ann.room("second", [], { public: false }),
  ];
  const a = await (await s.browser({ as: ann })).open(`/r/${first.id}`);
  const b = await (await s.browser({ as: bob })).open();
  await b.inside();
  await a.button("Invite people").first().click();
  await a.dialog.getByLabel("Search people").fill(bob.name);
  await a.dialog.getByRole("button", { name: bob.name }).click();
  await a.dialog.getByText("Invited").waitFor();
  await b.side.getByText("1 waiting").waitFor();
  await ann.call("POST", "/invitations", { room_id: second.id, user_id: bob.id });
  await b.side.getByText("2 waiting").waitFor();
  await b.side.getByRole("link", { name: "Invitations" }).click();
  await b.card(second.name).getByRole("button", { name: "Decline" }).click();
  await b.card(second.name).waitFor({ state: "detached" });
  await b.card(first.name).getByRole("button", { name: "Accept" }).click();
  await b.title(first.name);
  await b.say("thank you");
  await a.page.keyboard.press("Escape");
  await a.hears("thank you");
  await eventually(() => b.side.getByText(/waiting/).count()).toBe(0);
});

scene("of many members only those are drawn that can be seen, and all are found", async (s) => {
  const ann = await s.person("ann");
  const room = await ann.room("arena");
  const b = await s.browser({ as: ann });
  await b.page.route(`**/rooms/${room.id}/members`, async (route) => {
    const body = await ann.call<{ members: object[] }>("GET", `/rooms/${room.id}/members`);
    for (let i = 1; i <= 1000; i++)
      body.members.push({
        ...body.members[0],
        user_id: `00000000-0000-7000-8000-${String(i).padStart(12, "0")}`,
        username: `member_${i}`,
        role: "member",
        joined_at: new Date(1.7e12 + i).toISOString(),
      });
    await route.fulfill({ json: body });
  });
  await b.open(`/r/${room.id}`);
  await b.button("Members and details").click();
  await b.panel.getByText("Members · 1000").waitFor();
  await b.panel.getByText("member_1", { exact: true }).waitFor();
  const rows = b.panel.getByRole("listitem");
  await eventually(() => rows.count()).toBeLessThan(80);
  const list = b.panel.getByRole("tabpanel");
  await list.evaluate((el) => el.scrollTo(0, el.scrollHeight));
  await b.panel.getByText("member_1000", { exact: true }).waitFor();
  await b.panel.getByLabel("Search members").fill("member_77");
  await b.panel.getByText("member_778", { exact: true }).waitFor();
});
