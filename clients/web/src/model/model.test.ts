import { afterEach, expect, test } from "vitest";
import { contents, conv, texts, World } from "../testing/world";
import type { Model } from "./types";

let world: World;
afterEach(() => world.stop());

const begin = async (): Promise<Model> => {
  world = new World();
  return world.start();
};

test("without a login the page asks for one, and shows everything after it", async () => {
  world = new World();
  world.server.cookie = undefined;
  const hall = world.server.room("hall", world.me, world.bob);
  const model = await world.start();
  expect(model.session.state()).toEqual({ kind: "out" });
  await expect(model.session.login("nobody", "x")).rejects.toMatchObject({
    code: "invalid_credentials",
  });
  await model.session.login("me", "x");
  await world.clock.advance(1_000);
  expect(model.session.me()?.username).toBe("me");
  expect(model.connection().kind).toBe("live");
  expect(model.conversations.rooms().map((c) => c.name())).toEqual(["hall"]);
  expect(conv(model, hall.id).role()).toBeUndefined();
});

test("messages arrive, are edited and go", async () => {
  const model = await begin();
  const hall = world.server.room("hall", world.me, world.bob);
  await world.clock.advance(10);
  const line = model.messages.open(hall.id);
  const first = world.server.say(hall, world.bob, "one");
  world.server.say(hall, world.bob, "two");
  await world.clock.advance(10);
  expect(texts(line)).toEqual(["one", "two"]);
  const row = line.rows().find((r) => r.kind === "message");
  world.server.edit(hall, first, "uno");
  await world.clock.advance(10);
  expect(texts(line)).toEqual(["uno", "two"]);
  expect(line.rows().find((r) => r.kind === "message")).toBe(row);
  world.server.remove(hall, first);
  await world.clock.advance(10);
  expect(texts(line)).toEqual(["two"]);
  expect(conv(model, hall.id).lastMessage()?.content).toBe("two");
});

test("the history is read in pages, without gaps, and kept", async () => {
  world = new World();
  const hall = world.server.room("hall", world.me, world.bob);
  for (let i = 1; i <= 250; i++) world.server.say(hall, world.bob, `m${i}`);
  let model = await world.start();
  const line = model.messages.open(hall.id);
  await world.clock.advance(10);
  expect(texts(line).length).toBe(100);
  expect(line.hasOlder()).toBe(true);
  await line.loadOlder();
  await line.loadOlder();
  await world.clock.advance(500);
  expect(texts(line)).toEqual(Array.from({ length: 250 }, (_, i) => `m${i + 1}`));
  expect(line.hasOlder()).toBe(false);
  expect(line.rows()[0]?.kind).toBe("start");

  model = await world.reload();
  world.server.requests.length = 0;
  const again = model.messages.open(hall.id);
  await world.clock.advance(10);
  await again.loadOlder();
  await again.loadOlder();
  await world.clock.advance(10);
  expect(texts(again).length).toBe(250);
  expect(world.server.requests.filter((r) => r === "GET /messages")).toEqual([]);
});

test("what was missed comes after a reconnect, and edits of what is stored, too", async () => {
  world = new World();
  const hall = world.server.room("hall", world.me, world.bob);
  const old = world.server.say(hall, world.bob, "old");
  let model = await world.start();
  model.messages.open(hall.id);
  await world.clock.advance(1_000);
  await world.stop();
  world.server.edit(hall, old, "older");
  world.server.say(hall, world.bob, "new");
  model = await world.start();
  expect(texts(model.messages.open(hall.id))).toEqual([]);
  const line = model.messages.open(hall.id);
  await world.clock.advance(10);
  expect(texts(line)).toEqual(["older", "new"]);
  world.server.kill();
  await world.clock.advance(1);
  expect(model.connection().kind).not.toBe("live");
  world.server.say(hall, world.bob, "newer");
  await world.clock.advance(5_000);
  expect(model.connection().kind).toBe("live");
  expect(texts(line)).toEqual(["older", "new", "newer"]);
});

test("a hole makes the client resume", async () => {
  const model = await begin();
  const hall = world.server.room("hall", world.me, world.bob);
  await world.clock.advance(10);
  const line = model.messages.open(hall.id);
  world.server.skip = 1;
  world.server.say(hall, world.bob, "one");
  world.server.say(hall, world.bob, "two");
  await world.clock.advance(5_000);
  expect(texts(line)).toEqual(["one", "two"]);
});

test("events that overtake the news of their conversation are kept for it", async () => {
  const model = await begin();
  world.server.ownLast = true;
  const hall = world.server.room("hall", world.bob);
  world.server.join(hall, world.me, "hello");
  const socket = world.server.sockets[0];
  const resumes = () => socket?.said.filter((f) => f.type === "resume").length;
  await world.clock.advance(5_000);
  expect(resumes()).toBe(1);
  expect(conv(model, hall.id).unread()).toBe(1);
  expect(conv(model, hall.id).lastMessage()?.content).toBe("hello");
  world.server.leave(hall, world.me);
  world.server.join(hall, world.me, "again");
  await world.clock.advance(5_000);
  expect(resumes()).toBe(1);
  expect(conv(model, hall.id).unread()).toBe(1);
  expect(conv(model, hall.id).lastMessage()?.content).toBe("again");
});

test("a reset throws away what was known and reads it anew", async () => {
  world = new World();
  const hall = world.server.room("hall", world.me, world.bob);
  const first = world.server.say(hall, world.bob, "one");
  let model = await world.start();
  model.messages.open(hall.id);
  await world.clock.advance(1_000);
  await world.stop();
  world.server.edit(hall, first, "uno");
  for (let i = 0; i < 5; i++) world.server.say(hall, world.bob, `m${i}`);
  hall.kept = hall.log.length - 1;
  model = await world.start();
  const line = model.messages.open(hall.id);
  await world.clock.advance(1_000);
  expect(texts(line)).toEqual(["uno", "m0", "m1", "m2", "m3", "m4"]);
  world.server.say(hall, world.bob, "m5");
  await world.clock.advance(10);
  expect(texts(line).at(-1)).toBe("m5");
  expect(conv(model, hall.id).unread()).toBe(world.server.unread(hall, world.me));
});

test("a send is shown at once and stays one row until it is stored", async () => {
  const model = await begin();
  const hall = world.server.room("hall", world.me, world.bob);
  await world.clock.advance(10);
  const line = model.messages.open(hall.id);
  await world.clock.advance(10);
  model.messages.send(hall.id, "hello");
  await Promise.resolve();
  expect(texts(line)).toEqual(["hello"]);
  const row = line.rows().find((r) => r.kind === "message");
  await world.clock.advance(10);
  const stored = line.rows().find((r) => r.kind === "message");
  expect(stored).toBe(row);
  expect(stored?.kind === "message" && stored.message().state).toEqual({ kind: "stored" });
  expect(conv(model, hall.id).unsent()).toBe(0);
});

test("sends survive lost answers, the network and a reload, once each and in order", async () => {
  let model = await begin();
  const hall = world.server.room("hall", world.me, world.bob);
  await world.clock.advance(10);
  world.server.loseAnswers = 1;
  model.messages.send(hall.id, "a");
  model.messages.send(hall.id, "b");
  await world.clock.advance(5_000);
  expect(hall.messages.map((m) => m.content)).toEqual(["a", "b"]);
  world.server.reachable = false;
  world.server.kill();
  await world.clock.advance(10);
  model.messages.send(hall.id, "c");
  model.messages.send(hall.id, "d");
  await world.clock.advance(1_000);
  expect(conv(model, hall.id).unsent()).toBe(2);
  await world.stop();
  model = world.page();
  model.start();
  await world.clock.advance(1_000);
  expect(contents(model.messages.open(hall.id).rows())).toEqual([]);
  expect(conv(model, hall.id).unsent()).toBe(2);
  world.server.reachable = true;
  await world.clock.advance(20_000);
  expect(hall.messages.map((m) => m.content)).toEqual(["a", "b", "c", "d"]);
  expect(conv(model, hall.id).unsent()).toBe(0);
});

test("a limit makes sends wait visibly, a refusal keeps them with its reason", async () => {
  const model = await begin();
  const hall = world.server.room("hall", world.me, world.bob);
  await world.clock.advance(10);
  const line = model.messages.open(hall.id);
  const state = (text: string) => {
    for (const row of line.rows()) {
      if (row.kind === "message" && row.message().content === text) return row.message();
    }
    throw new Error(`no ${text}`);
  };
  world.server.refuse = [{ code: "rate_limited", message: "later", retry_after: 5 }];
  model.messages.send(hall.id, "a");
  model.messages.send(hall.id, "b");
  await world.clock.advance(100);
  expect(state("a").state).toMatchObject({ kind: "queued", why: "rate_limited" });
  expect(state("b").state).toMatchObject({ kind: "queued" });
  await world.clock.advance(7_000);
  expect(hall.messages.map((m) => m.content)).toEqual(["a", "b"]);
  world.server.refuse = [{ code: "content_invalid", message: "no" }];
  model.messages.send(hall.id, "c");
  model.messages.send(hall.id, "d");
  await world.clock.advance(100);
  expect(state("c").state).toMatchObject({ kind: "failed", error: { code: "content_invalid" } });
  expect(hall.messages.map((m) => m.content)).toEqual(["a", "b", "d"]);
  model.messages.retry(state("c").key);
  await world.clock.advance(100);
  expect(hall.messages.map((m) => m.content)).toEqual(["a", "b", "d", "c"]);
  world.server.refuse = [{ code: "content_invalid", message: "no" }];
  model.messages.send(hall.id, "e");
  await world.clock.advance(100);
  model.messages.drop(state("e").key);
  await world.clock.advance(100);
  expect(texts(line)).toEqual(["a", "b", "d", "c"]);
});

test("a talk of two begins with its first message", async () => {
  const model = await begin();
  const talk = model.conversations.dm(world.bob);
  const line = model.messages.open(talk.id);
  await world.clock.advance(100);
  expect(talk.presence()).toBe("unbegun");
  expect(talk.name()).toBe("bob");
  model.messages.send(talk.id, "hi");
  await world.clock.advance(100);
  expect(talk.presence()).toBe("active");
  expect(texts(line)).toEqual(["hi"]);
  world.server.say(world.server.direct(world.me, world.bob), world.bob, "ho");
  await world.clock.advance(100);
  expect(texts(line)).toEqual(["hi", "ho"]);
  expect(talk.unread()).toBe(1);
  expect(talk.mentions()).toBe(1);
  expect(model.conversations.badge()).toBe(1);
});

test("joining, creating and leaving rooms", async () => {
  const model = await begin();
  const made = model.rooms.create({ name: "den" });
  await world.clock.advance(100);
  expect((await made).name()).toBe("den");
  expect((await made).role()).toBe("owner");
  const hall = world.server.room("hall", world.bob);
  world.server.say(hall, world.bob, "before");
  const joined = model.rooms.join(hall.id);
  await world.clock.advance(100);
  const room = await joined;
  expect(room.unread()).toBe(0);
  const line = model.messages.open(hall.id);
  await world.clock.advance(100);
  expect(texts(line)).toEqual(["before"]);
  await model.rooms.leave(hall.id);
  await world.clock.advance(100);
  expect(room.presence()).toBe("left");
  expect(model.conversations.rooms().map((c) => c.name())).toEqual(["den"]);
  world.server.say(hall, world.bob, "while away");
  const again = model.rooms.join(hall.id);
  await world.clock.advance(100);
  expect(await again).toBe(room);
  world.server.say(hall, world.bob, "after");
  await world.clock.advance(100);
  expect(room.unread()).toBe(1);
  expect(texts(line)).toEqual(["before", "while away", "after"]);
});

test("unread is counted and stays exact through marks of other devices", async () => {
  world = new World();
  const hall = world.server.room("hall", world.me, world.bob);
  const den = world.server.room("den", world.me, world.bob);
  for (let i = 0; i < 30; i++) world.server.say(hall, world.bob, i % 10 === 0 ? "@me" : "x");
  for (let i = 0; i < 150; i++) world.server.say(den, world.bob, "x");
  world.server.say(hall, world.me, "mine");
  let model = await world.start();
  const check = () => {
    expect(conv(model, hall.id).unread()).toBe(world.server.unread(hall, world.me));
    expect(conv(model, den.id).unread()).toBe(world.server.unread(den, world.me));
  };
  check();
  expect(conv(model, hall.id).mentions()).toBe(3);
  world.server.read(hall, world.me, 15);
  await world.clock.advance(1_000);
  check();
  world.server.remove(hall, hall.messages[20] as never);
  world.server.say(hall, world.bob, "@all now");
  await world.clock.advance(1_000);
  check();
  world.server.read(den, world.me, den.log.length);
  await world.clock.advance(1_000);
  check();
  model = await world.reload();
  check();
  expect(conv(model, den.id).unread()).toBe(0);
});

test("mentions far down among the unread are found after the first login", async () => {
  world = new World();
  const { server, me, bob } = world;
  const hall = server.room("hall", me, bob);
  const arena = server.room("arena", me, bob);
  for (let i = 0; i < 350; i++) server.say(hall, bob, i % 100 === 20 ? "hey @me" : "x");
  server.say(hall, me, "mine");
  server.read(hall, me, 100);
  for (let i = 0; i < 2_500; i++) server.say(arena, bob, i % 100 === 20 ? "hey @me" : "x");
  let model = await world.start();
  await world.clock.advance(10_000);
  const check = () => {
    expect(conv(model, hall.id).unread()).toBe(server.unread(hall, me));
    expect(conv(model, hall.id).mentions()).toBe(3);
    // No more than a thousand are counted, and looked through.
    expect(conv(model, arena.id).unread()).toBe(1_000);
    expect(conv(model, arena.id).mentions()).toBe(10);
  };
  check();
  const pages = () => server.requests.filter((r) => r === "GET /messages").length;
  expect(pages()).toBeLessThan(20);
  server.requests.length = 0;
  model = await world.reload();
  await world.clock.advance(10_000);
  check();
  expect(pages()).toBeLessThan(3);
  model.conversations.markRead(hall.id);
  await world.clock.advance(5_000);
  expect(conv(model, hall.id).mentions()).toBe(0);
});

test("what is seen is read: only while somebody looks, and not for each message", async () => {
  const model = await begin();
  const hall = world.server.room("hall", world.me, world.bob);
  await world.clock.advance(10);
  const line = model.messages.open(hall.id);
  line.setAtEnd(true);
  world.environment.change({ isFocused: false });
  for (let i = 0; i < 10; i++) world.server.say(hall, world.bob, "x");
  await world.clock.advance(3_000);
  expect(conv(model, hall.id).unread()).toBe(10);
  world.server.requests.length = 0;
  world.environment.change({ isFocused: true });
  for (let i = 0; i < 10; i++) {
    world.server.say(hall, world.bob, "y");
    await world.clock.advance(100);
  }
  await world.clock.advance(3_000);
  expect(conv(model, hall.id).unread()).toBe(0);
  expect(world.server.unread(hall, world.me)).toBe(0);
  const marks = world.server.requests.filter((r) => r === "POST /messages/read").length;
  expect(marks).toBeGreaterThan(0);
  expect(marks).toBeLessThan(4);
});

test("the unread line stays where it was when the room was opened", async () => {
  world = new World();
  const hall = world.server.room("hall", world.me, world.bob);
  for (let i = 0; i < 5; i++) world.server.say(hall, world.bob, `m${i}`);
  world.server.read(hall, world.me, (hall.messages[2]?.seq ?? 0) as number);
  const model = await world.start();
  const line = model.messages.open(hall.id);
  line.setAtEnd(true);
  await world.clock.advance(3_000);
  const kinds = line.rows().map((r) => (r.kind === "message" ? r.message().content : r.kind));
  expect(kinds).toEqual(["start", "day", "m0", "m1", "m2", "unread", "m3", "m4"]);
});

test("an edit shows at once, and goes back if it is refused", async () => {
  const model = await begin();
  const hall = world.server.room("hall", world.me, world.bob);
  await world.clock.advance(10);
  const line = model.messages.open(hall.id);
  model.messages.send(hall.id, "helo");
  await world.clock.advance(100);
  const message = model.messages.lastOwn(hall.id);
  if (!message) throw new Error("no message");
  const edit = model.messages.edit(message, "hello");
  await Promise.resolve();
  expect(texts(line)).toEqual(["hello"]);
  await edit;
  await world.clock.advance(100);
  expect(texts(line)).toEqual(["hello"]);
  expect(hall.messages[0]?.content).toBe("hello");
  const other = world.server.say(hall, world.bob, "his");
  await world.clock.advance(100);
  const row = line.rows().at(-1);
  if (row?.kind !== "message") throw new Error("no row");
  expect(row.message().id).toBe(other.id);
  const refused = model.messages.edit(row.message(), "mine");
  await expect(refused).rejects.toMatchObject({ code: "not_message_author" });
  await world.clock.advance(10);
  expect(texts(line)).toEqual(["hello", "his"]);
  await model.messages.remove(message);
  await world.clock.advance(100);
  expect(texts(line)).toEqual(["his"]);
});

test("a place in the past is a window of its own that joins the present again", async () => {
  world = new World();
  const hall = world.server.room("hall", world.me, world.bob);
  for (let i = 0; i < 500; i++) world.server.say(hall, world.bob, `m${i}`);
  const model = await world.start();
  const line = model.messages.open(hall.id);
  await world.clock.advance(100);
  const target = hall.messages[50];
  const jump = line.jumpTo(target?.seq ?? 0);
  await world.clock.advance(100);
  expect(await jump).toBe(target?.id);
  expect(line.live()).toBe(false);
  world.server.say(hall, world.bob, "live");
  await world.clock.advance(100);
  expect(texts(line)).not.toContain("live");
  while (!line.live()) {
    await line.loadNewer();
    await world.clock.advance(100);
  }
  const all = texts(line);
  expect(all.at(-1)).toBe("live");
  expect(all.slice(0, -1)).toEqual(hall.messages.slice(-all.length, -1).map((m) => m.content));
});

test("a draft is stored at once: a page that goes away tells nobody", async () => {
  world = new World();
  const hall = world.server.room("hall", world.me, world.bob);
  const model = await world.start();
  model.conversations.setDraft(hall.id, "half a sen");
  await world.clock.advance(0);
  const stored = await world.store.open(world.me);
  expect(stored.conversations.find((c) => c.id === hall.id)?.draft).toBe("half a sen");
});

test("a tab whose socket saw the login end hears that it was a logout", async () => {
  world = new World();
  const hall = world.server.room("hall", world.me, world.bob);
  world.server.say(hall, world.bob, "secret");
  const a = await world.start();
  const b = await world.start();
  world.server.cookie = undefined;
  world.server.kill();
  await world.clock.advance(10_000);
  expect(b.session.state()).toEqual({ kind: "out", why: "expired" });
  await a.session.logout();
  await world.clock.advance(1_000);
  expect(b.session.state()).toEqual({ kind: "out", why: "logout" });
  expect(await world.store.peek()).toEqual({});
});

test("logging out wipes the device in every tab", async () => {
  world = new World();
  const hall = world.server.room("hall", world.me, world.bob);
  world.server.say(hall, world.bob, "secret");
  const a = await world.start();
  const b = await world.start();
  a.conversations.setDraft(hall.id, "draft");
  await world.clock.advance(1_000);
  expect(conv(b, hall.id).draft()).toBe("draft");
  await a.session.logout();
  await world.clock.advance(1_000);
  expect(a.session.state()).toEqual({ kind: "out", why: "logout" });
  expect(b.session.state()).toEqual({ kind: "out", why: "logout" });
  expect(b.conversations.get(hall.id)).toBeUndefined();
  expect((await world.store.peek()).owner).toBeUndefined();
  expect(world.server.sockets.length).toBe(0);
});

test("a login that was ended elsewhere asks for a new one and keeps what waits to be sent", async () => {
  let model = await begin();
  const hall = world.server.room("hall", world.me, world.bob);
  await world.clock.advance(10);
  world.server.refuse = [{ code: "rate_limited", message: "later", retry_after: 60 }];
  model.messages.send(hall.id, "later");
  await world.clock.advance(100);
  world.server.cookie = undefined;
  world.server.kill(4100);
  await world.clock.advance(1_000);
  expect(model.session.state()).toEqual({ kind: "out", why: "revoked" });
  model = await world.reload();
  expect(model.session.state().kind).toBe("out");
  await model.session.login("me", "x");
  await world.clock.advance(1_000);
  expect(hall.messages.map((m) => m.content)).toEqual(["later"]);
});

test("the login is extended in time", async () => {
  const model = await begin();
  const end = world.server.expires;
  await world.clock.advance(23.5 * 3_600_000);
  expect(world.server.requests).toContain("POST /auth/refresh");
  expect(world.server.expires).toBeGreaterThan(end);
  expect(model.session.expiring()).toBeUndefined();
  expect(model.connection().kind).toBe("live");
});

test("a peer that is dead without a word is found out", async () => {
  const model = await begin();
  for (const socket of world.server.sockets) socket.dead = true;
  await world.clock.advance(45_000);
  expect(model.connection().kind).toBe("live");
  expect(world.server.sockets.some((s) => !s.dead)).toBe(true);
});

test("alerts are for what is new and calls for one, typing ends by itself", async () => {
  world = new World();
  const hall = world.server.room("hall", world.me, world.bob);
  world.server.say(hall, world.bob, "@me while away");
  const model = await world.start();
  const alerts: string[] = [];
  model.onAlert((a) => alerts.push(`${a.authorName}: ${a.message.content}`));
  world.server.say(hall, world.bob, "nothing");
  world.server.say(hall, world.bob, "hey @me");
  const talk = world.server.direct(world.me, world.bob);
  world.server.say(talk, world.bob, "psst");
  world.server.passing({
    type: "user_typing",
    user_id: world.bob,
    target: { type: "room", room_id: hall.id },
  });
  await world.clock.advance(10);
  expect(alerts).toEqual(["bob: hey @me", "bob: psst"]);
  expect(conv(model, hall.id).typing()).toEqual([world.bob]);
  await world.clock.advance(7_000);
  expect(conv(model, hall.id).typing()).toEqual([]);
});

test("tabs are in step: sends, reading, and what a closed tab left behind", async () => {
  const a = await begin();
  const hall = world.server.room("hall", world.me, world.bob);
  const b = await world.start();
  const [lineA, lineB] = [a.messages.open(hall.id), b.messages.open(hall.id)];
  await world.clock.advance(100);
  world.server.refuse = [{ code: "rate_limited", message: "later", retry_after: 3 }];
  a.messages.send(hall.id, "from a");
  await world.clock.advance(100);
  expect(texts(lineB)).toEqual(["from a"]);
  await world.clock.advance(6_000);
  expect(hall.messages.map((m) => m.content)).toEqual(["from a"]);
  expect(texts(lineA)).toEqual(["from a"]);
  expect(texts(lineB)).toEqual(["from a"]);
  world.server.say(hall, world.bob, "hi @me");
  await world.clock.advance(100);
  expect(b.conversations.badge()).toBe(1);
  a.conversations.markRead(hall.id);
  await world.clock.advance(10);
  expect(b.conversations.badge()).toBe(0);
  world.server.refuse = [{ code: "rate_limited", message: "later", retry_after: 20 }];
  a.messages.send(hall.id, "left behind");
  await world.clock.advance(100);
  a.stop();
  await world.clock.advance(60_000);
  expect(hall.messages.at(-1)?.content).toBe("left behind");
  expect(texts(lineB)).toEqual(["from a", "hi @me", "left behind"]);
});

test("a server that cannot be reached is no logout, and can be asked for at once", async () => {
  world = new World();
  world.server.reachable = false;
  const model = await world.start();
  await world.clock.advance(60_000);
  expect(model.session.state().kind).toBe("starting");
  expect(model.connection().kind).toBe("waiting");
  world.server.reachable = true;
  model.reconnect();
  await world.clock.advance(100);
  expect(model.session.me()?.username).toBe("me");
});

test("another user finds nothing of the one before", async () => {
  let model = await begin();
  const hall = world.server.room("hall", world.me, world.bob);
  await world.clock.advance(10);
  model.conversations.setDraft(hall.id, "mine");
  await world.clock.advance(1_000);
  await world.stop();
  world.server.cookie = world.bob;
  model = await world.start();
  await world.clock.advance(1_000);
  expect(model.session.me()?.username).toBe("bob");
  expect(conv(model, hall.id).draft()).toBe("");
  expect((await world.store.peek()).owner).toBe(world.bob);
});
