import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { afterEach, expect, test } from "vitest";
import { contents, conv, texts, World } from "../testing/world";
import { score } from "./match";
import { reader } from "./message";
import { Pulse } from "./pulse";
import { Rows } from "./rows";
import { IndexedStore } from "./store/indexed";
import type { Message } from "./types";

globalThis.IDBKeyRange = IDBKeyRange;
let world: World | undefined;
afterEach(() => world?.stop());

const message = (seq: number, more: Partial<Message> = {}): Message => ({
  key: `k${seq}`,
  id: `k${seq}`,
  seq,
  conversation: "c",
  author: "bob",
  content: `m${seq}`,
  createdAt: new Date(2026, 10, 24, 12, 0, seq).getTime(),
  edited: false,
  own: false,
  mentionsMe: false,
  state: { kind: "stored" },
  ...more,
});

test("opening a conversation with 10,000 stored messages is one read of 100", async () => {
  world = new World();
  const hall = world.server.room("hall", world.me, world.bob);
  await world.start();
  for (let i = 0; i < 10_000; i++) world.server.say(hall, world.bob, `m${i}`);
  await world.clock.advance(5_000);
  await world.stop();
  const reads: number[] = [];
  const before = world.store.before.bind(world.store);
  world.store.before = (id, seq, limit) => {
    reads.push(limit);
    return before(id, seq, limit);
  };
  const after = world.store.after.bind(world.store);
  let unreadReads = 0;
  world.store.after = (id, seq, limit) => {
    unreadReads++;
    return after(id, seq, limit);
  };
  world.server.reachable = false;
  const model = world.page();
  model.start();
  await world.clock.advance(10);
  reads.length = 0;
  const line = model.messages.open(hall.id);
  await world.clock.advance(10);
  expect(texts(line).length).toBe(100);
  expect(texts(line).at(-1)).toBe("m9999");
  expect(reads).toEqual([100]);
  expect(unreadReads).toBe(0);
});

test("a burst of messages is published once a frame and shown in bounded windows", async () => {
  world = new World();
  const hall = world.server.room("hall", world.me, world.bob);
  const model = await world.start();
  const line = model.messages.open(hall.id);
  line.setAtEnd(true);
  await world.clock.advance(10);
  for (let i = 0; i < 5_000; i++) world.server.say(hall, world.bob, `m${i}`);
  await world.clock.advance(2_000);
  expect(texts(line).at(-1)).toBe("m4999");
  expect(line.rows().length).toBeLessThan(900);
  expect(conv(model, hall.id).tail.length).toBeLessThanOrEqual(200);
});

test("a pulse publishes everything that lags once, however often it was marked", () => {
  const waiting: (() => void)[] = [];
  const pulse = new Pulse((run) => waiting.push(run));
  let published = 0;
  const thing = { publish: () => published++ };
  for (let i = 0; i < 1_000; i++) pulse.mark(thing);
  expect(waiting.length).toBe(1);
  waiting[0]?.();
  expect(published).toBe(1);
  pulse.mark(thing);
  expect(waiting.length).toBe(2);
});

test("rows stay the same objects, with days, the unread line and blocks of one author", () => {
  const rows = new Rows();
  const day = 24 * 3_600_000;
  const list = [
    message(1, { createdAt: message(1).createdAt - day }),
    message(2),
    message(3),
    message(4, { author: "cay" }),
    message(5, { own: true }),
    message(6),
  ];
  const first = rows.make(list, true, 4);
  expect(first.map((r) => (r.kind === "message" ? r.message().content : r.kind))).toEqual([
    ..."start day m1 day m2 m3 m4 m5 unread m6".split(" "),
  ]);
  const continued = first.flatMap((r) => (r.kind === "message" ? [r.continued()] : []));
  expect(continued).toEqual([false, false, true, false, false, false]);
  list[2] = message(3, { content: "edited" });
  const second = rows.make(list, true, 4);
  expect(second.every((row, i) => row === first[i])).toBe(true);
  expect(contents(second)).toContain("edited");
});

test("the page comes back from IndexedDB as it was", async () => {
  world = new World();
  const factory = new IDBFactory();
  world.store = new IndexedStore(factory);
  const hall = world.server.room("hall", world.me, world.bob);
  for (let i = 0; i < 150; i++) world.server.say(hall, world.bob, `m${i}`);
  let model = await world.start();
  for (let i = 0; i < 20; i++) await world.clock.advance(100);
  model.messages.open(hall.id);
  model.conversations.setDraft(hall.id, "half a sen");
  for (let i = 0; i < 20; i++) await world.clock.advance(100);
  await world.stop();
  world.server.reachable = false;
  world.store = new IndexedStore(factory);
  model = world.page();
  model.start();
  for (let i = 0; i < 20; i++) await world.clock.advance(1);
  expect(model.session.me()?.username).toBe("me");
  expect(conv(model, hall.id).draft()).toBe("half a sen");
  const line = model.messages.open(hall.id);
  for (let i = 0; i < 20; i++) await world.clock.advance(1);
  expect(texts(line).length).toBe(100);
  expect(model.connection().kind).not.toBe("live");
});

test("mentions are whole names", () => {
  const bob = reader("1", "bob");
  for (const text of ["@bob", "hi @Bob!", "(@bob)", "@all", "@room now"]) {
    expect(bob.mention.test(text), text).toBe(true);
  }
  for (const text of ["bob", "@bobby", "a@bob.org", "@böb", "@allo"]) {
    expect(bob.mention.test(text), text).toBe(false);
  }
});

test("names are found by beginning, word, place and letters, without regard to accents", () => {
  expect(score("general", "general")).toBe(0);
  expect(score("general", "gen")).toBe(1);
  expect(score("off topic", "top")).toBe(2);
  expect(score("general", "ner")).toBe(3);
  expect(score("general", "gnl")).toBe(4);
  expect(score("Zoë", "zoe")).toBe(0);
  expect(score("general", "xyz")).toBeUndefined();
});
