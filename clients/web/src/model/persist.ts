import type { Clock } from "../link/clock";
import type { User } from "../wire/objects";
import type { Conv } from "./conversation";
import { toKept } from "./message";
import type { ConversationWrite, Kept, KeptSend, LocalStore } from "./store/store";
import type { Message } from "./types";

interface Pending {
  readonly conv: Conv;
  base: number;
  reset: boolean;
  readonly put: Map<number, Kept>;
  readonly remove: Set<string>;
  page: { from: number; to: number } | undefined;
}

const delay = 250;
const keep = 10_000;
// How many messages of a conversation are written between two looks at how many there are.
const pruneEvery = 1_000;

/**
 * Writes behind: what changed since the last time goes to the store in one transaction, with the
 * positions that count it.
 */
export class Persist {
  #pending = new Map<string, Pending>();
  #bases = new Map<string, number>();
  #sends = new Map<string, KeptSend | null>();
  #users = new Map<string, User>();
  #drop = new Set<string>();
  #meta: Record<string, unknown> = {};
  #userSeq: number | undefined;
  #written = new Map<string, number>();
  #timer: (() => void) | undefined;
  #closed = false;
  #tail: Promise<void> = Promise.resolve();

  constructor(
    readonly store: LocalStore,
    private readonly clock: Clock,
  ) {}

  #later(): void {
    if (this.#closed) return;
    this.#timer ??= this.clock.after(delay, () => {
      this.#timer = undefined;
      void this.flush();
    });
  }

  #of(conv: Conv): Pending {
    let pending = this.#pending.get(conv.id);
    if (!pending) {
      const base = this.#bases.get(conv.id) ?? conv.position;
      pending = { conv, base, reset: false, put: new Map(), remove: new Set(), page: undefined };
      this.#pending.set(conv.id, pending);
      this.#drop.delete(conv.id);
      this.#later();
    }
    return pending;
  }

  /** What the store has of a conversation: tells from where its events are to be written. */
  known(conv: Conv): void {
    this.#bases.set(conv.id, conv.position);
  }

  /** Its position, or what it is besides messages, changed. */
  mark(conv: Conv): void {
    this.#of(conv);
  }

  put(conv: Conv, m: Message): void {
    const pending = this.#of(conv);
    pending.put.set(m.seq, toKept(m));
    pending.remove.delete(m.id);
  }

  remove(conv: Conv, id: string): void {
    const pending = this.#of(conv);
    for (const [seq, kept] of pending.put) if (kept.id === id) pending.put.delete(seq);
    pending.remove.add(id);
  }

  page(conv: Conv, from: number, to: number, messages: readonly Message[]): void {
    const pending = this.#of(conv);
    for (const m of messages) pending.put.set(m.seq, toKept(m));
    const before = pending.page;
    pending.page = before && to >= before.from - 1 ? { from, to: before.to } : { from, to };
  }

  /** The conversation begins anew at its position. */
  reset(conv: Conv): void {
    const pending = this.#of(conv);
    pending.base = conv.position;
    pending.reset = true;
    pending.put.clear();
    pending.remove.clear();
    pending.page = undefined;
  }

  drop(id: string): void {
    this.#pending.delete(id);
    this.#bases.delete(id);
    this.#drop.add(id);
    this.#later();
  }

  send(send: KeptSend): void {
    this.#sends.set(send.key, send);
    // It must outlive a reload in the next moment.
    void this.flush();
  }

  sent(key: string): void {
    this.#sends.set(key, null);
    this.#later();
  }

  user(user: User): void {
    this.#users.set(user.id, user);
    this.#later();
  }

  meta(key: string, value: unknown): void {
    this.#meta[key] = value;
    this.#later();
  }

  userSeq(seq: number): void {
    this.#userSeq = seq;
    this.#later();
  }

  /** Writes a last time. */
  async close(): Promise<void> {
    const last = this.flush();
    this.#closed = true;
    await last;
    this.store.close();
  }

  /** Writes what waits; resolves when all of it is in the store. */
  flush(): Promise<void> {
    if (this.#closed) return this.#tail;
    this.#tail = this.#tail.then(() => this.#write()).catch(() => {});
    return this.#tail;
  }

  async #write(): Promise<void> {
    this.#timer?.();
    this.#timer = undefined;
    const conversations: ConversationWrite[] = [];
    const prune: string[] = [];
    for (const p of this.#pending.values()) {
      const { conv } = p;
      conversations.push({
        id: conv.id,
        base: p.base,
        position: conv.position,
        reset: p.reset,
        about: conv.about(),
        put: [...p.put.values()],
        remove: [...p.remove],
        page: p.page,
      });
      this.#bases.set(conv.id, conv.position);
      const written = (this.#written.get(conv.id) ?? 0) + p.put.size;
      this.#written.set(conv.id, written % pruneEvery);
      if (written >= pruneEvery) prune.push(conv.id);
    }
    const sends = [...this.#sends.values()].filter((s) => s !== null);
    const sent = [...this.#sends].filter(([, s]) => s === null).map(([key]) => key);
    const change = {
      conversations,
      drop: [...this.#drop],
      meta: { ...this.#meta, seenAt: this.clock.now() },
      sends,
      sent,
      users: [...this.#users.values()],
      ...(this.#userSeq === undefined ? {} : { userSeq: this.#userSeq }),
    };
    const nothing =
      conversations.length + change.drop.length + sends.length + sent.length === 0 &&
      change.users.length === 0 &&
      this.#userSeq === undefined &&
      Object.keys(this.#meta).length === 0;
    this.clear();
    if (nothing) return;
    await this.store.write(change);
    for (const id of prune) await this.store.prune(id, keep);
  }

  /** Forgets what waits to be written. */
  clear(): void {
    this.#timer?.();
    this.#timer = undefined;
    this.#pending.clear();
    this.#sends.clear();
    this.#users.clear();
    this.#drop.clear();
    this.#meta = {};
    this.#userSeq = undefined;
  }

  forget(): void {
    this.clear();
    this.#bases.clear();
    this.#written.clear();
  }
}
