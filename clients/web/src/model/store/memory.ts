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

/** A store that lasts as long as the page: for tests, and where a browser keeps nothing. */
export class MemoryStore implements LocalStore {
  #owner: string | undefined;
  #conversations = new Map<string, KeptConversation>();
  #messages = new Map<string, Kept[]>();
  #sends = new Map<string, KeptSend>();
  #users = new Map<string, User>();
  #meta = new Map<string, unknown>();

  async open(userId: string): Promise<Snapshot> {
    if (this.#owner !== userId) await this.wipe();
    this.#owner = userId;
    return {
      conversations: [...this.#conversations.values()],
      sends: [...this.#sends.values()].sort((a, b) => a.at - b.at),
      users: [...this.#users.values()],
      userSeq: this.#meta.get("userSeq") as number | undefined,
      meta: Object.fromEntries(this.#meta),
    };
  }

  async write(change: Write): Promise<void> {
    for (const w of change.conversations ?? []) this.#conversation(w);
    for (const id of change.drop ?? []) {
      this.#conversations.delete(id);
      this.#messages.delete(id);
    }
    for (const [key, value] of Object.entries(change.meta ?? {})) this.#meta.set(key, value);
    if (change.userSeq !== undefined) this.#meta.set("userSeq", change.userSeq);
    for (const send of change.sends ?? []) this.#sends.set(send.key, send);
    for (const key of change.sent ?? []) this.#sends.delete(key);
    for (const user of change.users ?? []) this.#users.set(user.id, user);
  }

  #conversation(w: ConversationWrite): void {
    const p = plan(this.#conversations.get(w.id), w);
    let messages = p.clear ? [] : (this.#messages.get(w.id) ?? []);
    if (p.events && (w.put.length > 0 || w.remove.length > 0)) {
      const gone = new Set([...w.remove, ...w.put.map((m) => m.id)]);
      messages = messages.filter((m) => !gone.has(m.id));
      messages.push(...w.put.filter((m) => m.seq >= p.putFrom));
      messages.sort((a, b) => a.seq - b.seq);
    }
    this.#messages.set(w.id, messages);
    this.#conversations.set(w.id, { ...p.about, id: w.id, from: p.from, position: p.position });
  }

  async before(conversation: string, seq: number, limit: number): Promise<Stretch | undefined> {
    const all = (this.#messages.get(conversation) ?? []).filter((m) => m.seq < seq);
    return reachBefore(this.#conversations.get(conversation), seq, limit, all.slice(-limit));
  }

  async after(conversation: string, seq: number, limit: number): Promise<Stretch | undefined> {
    const all = (this.#messages.get(conversation) ?? []).filter((m) => m.seq > seq);
    return reachAfter(this.#conversations.get(conversation), seq, limit, all.slice(0, limit));
  }

  async prune(conversation: string, keep: number): Promise<void> {
    const stored = this.#conversations.get(conversation);
    const kept = (this.#messages.get(conversation) ?? []).slice(-keep);
    const first = kept[0];
    if (!stored || !first || kept.length < keep) return;
    this.#messages.set(conversation, kept);
    this.#conversations.set(conversation, { ...stored, from: Math.max(stored.from, first.seq) });
  }

  async wipe(): Promise<void> {
    this.#owner = undefined;
    for (const map of [this.#conversations, this.#messages, this.#sends, this.#users, this.#meta]) {
      map.clear();
    }
  }

  async peek(): Promise<Readonly<Record<string, unknown>>> {
    return { ...Object.fromEntries(this.#meta), ...(this.#owner ? { owner: this.#owner } : {}) };
  }

  close(): void {}
}
