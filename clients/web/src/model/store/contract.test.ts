import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { describe, expect, test } from "vitest";
import { DegradingStore } from "./degrading";
import { IndexedStore } from "./indexed";
import { MemoryStore } from "./memory";
import type { About, ConversationWrite, Kept, LocalStore } from "./store";

globalThis.IDBKeyRange = IDBKeyRange;

const about: About = {
  kind: "room",
  floor: 0,
  marked: 0,
  unread: 0,
  mentions: 0,
  exact: true,
  lastActivity: 0,
  draft: "",
};
const message = (seq: number, content = `m${seq}`): Kept => ({
  id: `id${seq}`,
  seq,
  author: "a",
  content,
  at: seq,
  edited: false,
});
const write = (w: Partial<ConversationWrite>): ConversationWrite => ({
  id: "c",
  base: 0,
  position: 0,
  reset: false,
  about,
  put: [],
  remove: [],
  ...w,
});
const up = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => message(from + i));
const seqs = (stretch: { messages: readonly Kept[] } | undefined) =>
  stretch?.messages.map((m) => m.seq);

const makers: Record<string, () => LocalStore> = {
  memory: () => new MemoryStore(),
  indexed: () => new IndexedStore(new IDBFactory()),
  "degrading, before it fails": () =>
    new DegradingStore(new IndexedStore(new IDBFactory()), () => {}),
  "degrading, after it failed": () =>
    new DegradingStore(
      new IndexedStore({
        open: () => {
          throw new Error("no");
        },
      } as unknown as IDBFactory),
      () => {},
    ),
};

describe.each(Object.entries(makers))("a store (%s)", (_, make) => {
  test("keeps what was written, for its owner only", async () => {
    const store = make();
    await store.open("u");
    await store.write({
      conversations: [write({ position: 3, put: up(1, 3) })],
      userSeq: 7,
      meta: { theme: "dark" },
      sends: [{ key: "k", conversation: "c", kind: "room", content: "x", at: 1 }],
    });
    const again = await store.open("u");
    expect(again.conversations).toEqual([{ ...about, id: "c", from: 1, position: 3 }]);
    expect(again.userSeq).toBe(7);
    expect(again.meta.theme).toBe("dark");
    expect(again.sends.map((s) => s.key)).toEqual(["k"]);
    expect((await store.peek()).owner).toBe("u");
    const other = await store.open("v");
    expect(other.conversations).toEqual([]);
    expect(other.sends).toEqual([]);
    expect(other.userSeq).toBeUndefined();
    expect(await store.before("c", 4, 10)).toBeUndefined();
  });

  test("reads pages in both directions and says how far they reach", async () => {
    const store = make();
    await store.open("u");
    await store.write({ conversations: [write({ base: 10, position: 110, put: up(11, 110) })] });
    const newest = await store.before("c", 111, 20);
    expect(seqs(newest)).toEqual(up(91, 110).map((m) => m.seq));
    expect(newest?.from).toBe(91);
    const oldest = await store.before("c", 21, 20);
    expect(seqs(oldest)).toEqual(up(11, 20).map((m) => m.seq));
    expect(oldest?.from).toBe(11);
    expect(await store.before("c", 11, 20)).toBeUndefined();
    const next = await store.after("c", 10, 5);
    expect(seqs(next)).toEqual([11, 12, 13, 14, 15]);
    expect(next?.to).toBe(15);
    expect((await store.after("c", 108, 5))?.to).toBe(110);
    expect(await store.after("c", 9, 5)).toBeUndefined();
  });

  test("a page of the history makes the stretch longer only if it joins up", async () => {
    const store = make();
    await store.open("u");
    await store.write({ conversations: [write({ base: 50, position: 51, put: up(51, 51) })] });
    const page = (from: number, to: number) =>
      write({ base: 51, position: 51, put: up(from, to), page: { from, to } });
    await store.write({ conversations: [page(10, 20)] });
    expect(await store.before("c", 51, 5)).toBeUndefined();
    await store.write({ conversations: [page(40, 50)] });
    expect((await store.before("c", 52, 100))?.from).toBe(40);
    expect(seqs(await store.before("c", 52, 3))).toEqual([49, 50, 51]);
  });

  test("edits replace, deletions remove", async () => {
    const store = make();
    await store.open("u");
    await store.write({ conversations: [write({ position: 3, put: up(1, 3) })] });
    await store.write({
      conversations: [
        write({ base: 3, position: 5, put: [message(2, "new")], remove: ["id3", "never"] }),
      ],
    });
    const all = await store.before("c", 6, 10);
    expect(all?.messages.map((m) => m.content)).toEqual(["m1", "new"]);
  });

  test("a tab that is behind changes nothing, one that is ahead without joining starts anew", async () => {
    const store = make();
    await store.open("u");
    await store.write({ conversations: [write({ position: 10, put: [message(9, "edited")] })] });
    await store.write({
      conversations: [
        write({
          base: 8,
          position: 9,
          put: [message(9, "old")],
          about: { ...about, unread: 7, draft: "typed there" },
        }),
      ],
    });
    const [kept] = (await store.open("u")).conversations;
    expect(kept).toMatchObject({ position: 10, unread: 0, draft: "typed there" });
    expect((await store.before("c", 11, 10))?.messages[0]?.content).toBe("edited");
    await store.write({ conversations: [write({ base: 20, position: 21, put: up(21, 21) })] });
    const now = await store.before("c", 22, 10);
    expect(seqs(now)).toEqual([21]);
    expect(now?.from).toBe(21);
  });

  test("a reset forgets the messages", async () => {
    const store = make();
    await store.open("u");
    await store.write({ conversations: [write({ position: 3, put: up(1, 3) })] });
    await store.write({ conversations: [write({ base: 3, position: 3, reset: true })] });
    expect(await store.before("c", 4, 10)).toBeUndefined();
  });

  test("prunes the oldest", async () => {
    const store = make();
    await store.open("u");
    await store.write({ conversations: [write({ position: 100, put: up(1, 100) })] });
    await store.prune("c", 30);
    const all = await store.before("c", 101, 1000);
    expect(seqs(all)).toEqual(up(71, 100).map((m) => m.seq));
    expect(all?.from).toBe(71);
    await store.prune("c", 30);
    expect((await store.before("c", 101, 1000))?.messages.length).toBe(30);
  });

  test("wipes everything", async () => {
    const store = make();
    await store.open("u");
    await store.write({ conversations: [write({ position: 1, put: up(1, 1) })] });
    await store.wipe();
    expect(await store.peek()).toEqual({});
    expect((await store.open("u")).conversations).toEqual([]);
  });
});

test("a store that fails goes on in memory and says so once", async () => {
  const inner = new IndexedStore(new IDBFactory());
  const failures: unknown[] = [];
  const store = new DegradingStore(inner, (e) => failures.push(e));
  await store.open("u");
  inner.write = () => Promise.reject(new DOMException("full", "QuotaExceededError"));
  await store.write({ conversations: [write({ base: 4, position: 5, put: up(5, 5) })] });
  await store.write({ conversations: [write({ base: 5, position: 6, put: up(6, 6) })] });
  expect(failures.length).toBe(1);
  expect(seqs(await store.before("c", 7, 10))).toEqual([5, 6]);
});
