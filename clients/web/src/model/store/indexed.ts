import type { User } from "../../wire/objects";
import {
  type ConversationWrite,
  type Kept,
  type KeptConversation,
  type KeptSend,
  type LocalStore,
  plan,
  reachAfter,
  reachBefore,
  type Snapshot,
  type Stretch,
  type Write,
} from "./store";

const version = 1;
const names = ["conversations", "messages", "sends", "users", "meta"] as const;
const maxUsers = 5_000;

/**
 * How a message lies in the store: by conversation, and by seq from the newest down, so that the
 * newest hundred are one getAll.
 */
interface Row {
  readonly c: string;
  readonly n: number;
  readonly id: string;
  readonly m: Kept;
}

/** The store of browsers. Every method rejects if the browser does not let it. */
export class IndexedStore implements LocalStore {
  #db: Promise<IDBDatabase> | undefined;

  constructor(
    private readonly factory: IDBFactory,
    private readonly name = "lair",
    /** Another tab wants to change the schema or the browser took the store away. */
    private readonly onLost: () => void = () => {},
  ) {}

  #open(): Promise<IDBDatabase> {
    this.#db ??= new Promise((resolve, reject) => {
      const request = this.factory.open(this.name, version);
      request.onupgradeneeded = () => create(request.result);
      request.onerror = () => reject(request.error);
      request.onblocked = () => reject(new Error("another tab holds an older store"));
      request.onsuccess = () => {
        const db = request.result;
        db.onversionchange = () => db.close();
        db.onclose = () => this.onLost();
        resolve(db);
      };
    });
    return this.#db;
  }

  async #in<T>(mode: IDBTransactionMode, run: (tx: IDBTransaction) => Promise<T>): Promise<T> {
    const db = await this.#open();
    const tx = db.transaction(names, mode);
    const done = new Promise<void>((resolve, reject) => {
      tx.oncomplete = () => resolve();
      tx.onabort = () => reject(tx.error ?? new Error("aborted"));
      tx.onerror = () => reject(tx.error);
    });
    done.catch(() => {});
    const result = await run(tx);
    await done;
    return result;
  }

  open(userId: string): Promise<Snapshot> {
    return this.#in("readwrite", async (tx) => {
      if ((await ask<string>(tx.objectStore("meta").get("owner"))) !== userId) clear(tx);
      tx.objectStore("meta").put(userId, "owner");
      const [conversations, sends, users, about] = await Promise.all([
        ask<KeptConversation[]>(tx.objectStore("conversations").getAll()),
        ask<KeptSend[]>(tx.objectStore("sends").getAll()),
        ask<User[]>(tx.objectStore("users").getAll(null, maxUsers)),
        meta(tx),
      ]);
      sends.sort((a, b) => a.at - b.at);
      const userSeq = about.userSeq as number | undefined;
      return { conversations, sends, users, meta: about, userSeq };
    });
  }

  write(change: Write): Promise<void> {
    return this.#in("readwrite", async (tx) => {
      const values = tx.objectStore("meta");
      for (const [key, value] of Object.entries(change.meta ?? {})) values.put(value, key);
      if (change.userSeq !== undefined) values.put(change.userSeq, "userSeq");
      for (const send of change.sends ?? []) tx.objectStore("sends").put(send);
      for (const key of change.sent ?? []) tx.objectStore("sends").delete(key);
      for (const user of change.users ?? []) tx.objectStore("users").put(user);
      for (const id of change.drop ?? []) {
        tx.objectStore("conversations").delete(id);
        tx.objectStore("messages").delete(whole(id));
      }
      await Promise.all((change.conversations ?? []).map((w) => conversation(tx, w)));
    });
  }

  before(id: string, seq: number, limit: number): Promise<Stretch | undefined> {
    return this.#in("readonly", async (tx) => {
      const range = IDBKeyRange.bound([id, -seq], [id, Number.POSITIVE_INFINITY], true);
      const [stored, rows] = await Promise.all([
        ask<KeptConversation | undefined>(tx.objectStore("conversations").get(id)),
        ask<Row[]>(tx.objectStore("messages").getAll(range, limit)),
      ]);
      return reachBefore(stored, seq, limit, rows.map((row) => row.m).reverse());
    });
  }

  after(id: string, seq: number, limit: number): Promise<Stretch | undefined> {
    return this.#in("readonly", async (tx) => {
      const range = IDBKeyRange.bound([id, Number.NEGATIVE_INFINITY], [id, -seq], false, true);
      const stored = await ask<KeptConversation | undefined>(
        tx.objectStore("conversations").get(id),
      );
      const messages: Kept[] = [];
      await walk(tx.objectStore("messages").openCursor(range, "prev"), (cursor) => {
        messages.push((cursor.value as Row).m);
        if (messages.length < limit) cursor.continue();
        return messages.length < limit;
      });
      return reachAfter(stored, seq, limit, messages);
    });
  }

  prune(id: string, keep: number): Promise<void> {
    return this.#in("readwrite", async (tx) => {
      const messages = tx.objectStore("messages");
      const stored = await ask<KeptConversation | undefined>(
        tx.objectStore("conversations").get(id),
      );
      if (!stored || (await ask<number>(messages.count(whole(id)))) <= keep) return;
      let oldest: Kept | undefined;
      let moved = false;
      await walk(messages.openCursor(whole(id)), (cursor) => {
        if (!moved && keep > 1) {
          moved = true;
          cursor.advance(keep - 1);
          return true;
        }
        oldest = (cursor.value as Row).m;
        return false;
      });
      if (!oldest) return;
      const from = Math.max(stored.from, oldest.seq);
      tx.objectStore("conversations").put({ ...stored, from });
      messages.delete(IDBKeyRange.bound([id, -oldest.seq], [id, Number.POSITIVE_INFINITY], true));
    });
  }

  wipe(): Promise<void> {
    return this.#in("readwrite", async (tx) => clear(tx));
  }

  peek(): Promise<Readonly<Record<string, unknown>>> {
    return this.#in("readonly", meta);
  }

  close(): void {
    this.#db?.then((db) => db.close()).catch(() => {});
    this.#db = undefined;
  }
}

function create(db: IDBDatabase): void {
  // A later version changes what is there or, since all of it is a copy, drops and makes it anew;
  // only "sends" is worth moving.
  for (const name of Array.from(db.objectStoreNames)) db.deleteObjectStore(name);
  db.createObjectStore("conversations", { keyPath: "id" });
  db.createObjectStore("messages", { keyPath: ["c", "n"] }).createIndex("id", ["c", "id"]);
  db.createObjectStore("sends", { keyPath: "key" });
  db.createObjectStore("users", { keyPath: "id" });
  db.createObjectStore("meta");
}

async function conversation(tx: IDBTransaction, w: ConversationWrite): Promise<void> {
  const conversations = tx.objectStore("conversations");
  const messages = tx.objectStore("messages");
  const p = plan(await ask<KeptConversation | undefined>(conversations.get(w.id)), w);
  if (p.clear) messages.delete(whole(w.id));
  conversations.put({ ...p.about, id: w.id, from: p.from, position: p.position });
  if (!p.events) return;
  for (const m of w.put) {
    if (m.seq >= p.putFrom) messages.put({ c: w.id, n: -m.seq, id: m.id, m } satisfies Row);
  }
  await Promise.all(
    w.remove.map(async (id) => {
      const key = await ask<IDBValidKey | undefined>(messages.index("id").getKey([w.id, id]));
      if (key !== undefined) messages.delete(key);
    }),
  );
}

async function meta(tx: IDBTransaction): Promise<Readonly<Record<string, unknown>>> {
  const [keys, values] = await Promise.all([
    ask<IDBValidKey[]>(tx.objectStore("meta").getAllKeys()),
    ask<unknown[]>(tx.objectStore("meta").getAll()),
  ]);
  return Object.fromEntries(keys.map((key, i) => [String(key), values[i]]));
}

function clear(tx: IDBTransaction): void {
  for (const name of names) tx.objectStore(name).clear();
}

/** All messages of a conversation. */
const whole = (id: string) =>
  IDBKeyRange.bound([id, Number.NEGATIVE_INFINITY], [id, Number.POSITIVE_INFINITY]);

function ask<T>(request: IDBRequest): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result as T);
    request.onerror = () => reject(request.error);
  });
}

/** Steps a cursor for as long as `step` has moved it. */
function walk(
  request: IDBRequest<IDBCursorWithValue | null>,
  step: (cursor: IDBCursorWithValue) => boolean,
): Promise<void> {
  return new Promise((resolve, reject) => {
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      if (!request.result || !step(request.result)) resolve();
    };
  });
}
