import { type Accessor, createMemo, createSignal, untrack } from "solid-js";
import type { Clock } from "../link/clock";
import { ApiError } from "../link/error";
import type { Link } from "../link/link";
import type { ConversationKind } from "../wire/objects";
import { Conv } from "./conversation";
import { directId } from "./ids";
import { searchText } from "./match";
import type { Persist } from "./persist";
import type { Pulse } from "./pulse";
import type { Tabs } from "./tabs";
import type { Conversations, Notify, SearchHit } from "./types";
import type { Directory } from "./users";

export interface RegistryContext {
  readonly clock: Clock;
  readonly pulse: Pulse;
  readonly persist: Persist;
  readonly users: Directory;
  readonly tabs: Tabs;
  readonly link: () => Link;
  readonly me: () => string;
  readonly markRead: (conv: Conv) => void;
}

const typingEvery = 3_000;
// A key press of another one is told every three seconds.
const typingLasts = 6_000;

/** All conversations, and what is said about them on this device. */
export class Registry implements Conversations {
  readonly rooms: Accessor<readonly Conv[]>;
  readonly dms: Accessor<readonly Conv[]>;
  readonly badge: Accessor<number>;
  readonly ready: Accessor<boolean>;
  readonly setReady: (ready: boolean) => void;
  #convs = new Map<string, Conv>();
  #opened = new Set<Conv>();
  #version: Accessor<number>;
  #bump: () => void;
  #waiting = new Map<string, ((conv: Conv) => void)[]>();
  #typed = new Map<string, number>();

  constructor(private readonly context: RegistryContext) {
    const [version, setVersion] = createSignal(0);
    this.#version = version;
    this.#bump = () => setVersion((n) => n + 1);
    const [ready, setReady] = createSignal(false);
    this.ready = ready;
    this.setReady = setReady;
    const newest = (list: Conv[]) =>
      list.sort((a, b) => b.lastActivity() - a.lastActivity() || (a.name() < b.name() ? -1 : 1));
    this.rooms = createMemo(() => newest(this.#all().filter((c) => c.kind === "room" && c.active)));
    this.dms = createMemo(() =>
      newest(
        this.#all().filter(
          (c) =>
            c.kind === "dm" &&
            (c.active || c.draft() !== "" || c.unsent() > 0 || this.#opened.has(c)),
        ),
      ),
    );
    this.badge = createMemo(() => {
      let sum = 0;
      for (const c of [...this.rooms(), ...this.dms()]) {
        const notify = c.notify();
        if (notify !== "none") sum += notify === "all" ? c.unread() : c.mentions();
      }
      return sum;
    });
  }

  #all(): Conv[] {
    this.#version();
    return [...this.#convs.values()];
  }

  /** All of them, without following. */
  all(): Iterable<Conv> {
    return this.#convs.values();
  }

  get(id: string): Conv | undefined {
    this.#version();
    return this.#convs.get(id);
  }

  of(id: string): Conv | undefined {
    return this.#convs.get(id);
  }

  /** The conversation, made if it is new; then it begins behind `position`. */
  ensure(id: string, kind: ConversationKind, peer: string | undefined, position: number): Conv {
    let conv = this.#convs.get(id);
    if (conv) return conv;
    conv = new Conv(id, kind, peer, (user) => this.context.users.name(user));
    conv.position = position;
    conv.tailFrom = position + 1;
    this.#convs.set(id, conv);
    this.context.persist.known(conv);
    this.#bump();
    const waiting = this.#waiting.get(id) ?? [];
    this.#waiting.delete(id);
    for (const done of waiting) done(conv);
    return conv;
  }

  dm(userId: string): Conv {
    const conv = this.ensure(directId(this.context.me(), userId), "dm", userId, 0);
    if (untrack(conv.presence) === "unbegun") conv.news.settle();
    return conv;
  }

  /** The talk with somebody, if there is one. */
  withPeer(userId: string): Conv | undefined {
    return this.#convs.get(directId(this.context.me(), userId));
  }

  opened(conv: Conv): void {
    if (this.#opened.has(conv)) return;
    this.#opened.add(conv);
    if (conv.kind === "dm") this.#bump();
  }

  /** Resolves when the server has told of a conversation that one has just come into. */
  arrive(id: string): Promise<Conv> {
    const conv = this.#convs.get(id);
    if (conv && untrack(conv.presence) === "active") return Promise.resolve(conv);
    return new Promise((resolve, reject) => {
      const cancel = this.context.clock.after(15_000, () => {
        reject(new ApiError("timeout", "the server has not told of it yet"));
      });
      // If the event does not come soon, what is true is read with the next resume.
      const hurry = this.context.clock.after(5_000, () => this.context.link().heal("hole"));
      const waiting = this.#waiting.get(id) ?? [];
      waiting.push((arrived) => {
        cancel();
        hurry();
        resolve(arrived);
      });
      this.#waiting.set(id, waiting);
    });
  }

  /** One that was left has come back. */
  returned(conv: Conv): void {
    for (const done of this.#waiting.get(conv.id) ?? []) done(conv);
    this.#waiting.delete(conv.id);
  }

  search(query: string, limit = 20): readonly SearchHit[] {
    return untrack(() => {
      const convs = [...this.rooms(), ...this.dms()];
      const hits: SearchHit[] = searchText(convs, query, limit, (c) => [c.name()]).map(
        (conversation) => ({ kind: "conversation", conversation }),
      );
      const peers = new Set(convs.map((c) => c.peer));
      if (query.trim() !== "") {
        for (const user of this.context.users.find(query, limit)) {
          if (!peers.has(user.id)) hits.push({ kind: "user", user });
        }
      }
      return hits.slice(0, limit);
    });
  }

  setDraft(id: string, text: string): void {
    const conv = this.#convs.get(id);
    if (!conv || untrack(conv.draft) === text) return;
    conv.setDraft(text);
    this.context.persist.mark(conv);
    // Now: a page that goes away does not finish what it begins then.
    void this.context.persist.flush();
    this.context.tabs.post({ t: "draft", c: id, text, peer: conv.peer });
  }

  setNotify(id: string, notify: Notify): void {
    const conv = this.#convs.get(id);
    if (!conv) return;
    conv.setNotify(notify);
    this.context.persist.mark(conv);
    this.context.tabs.post({ t: "notify", c: id, notify });
  }

  sayTyping(id: string): void {
    const conv = this.#convs.get(id);
    const now = this.context.clock.now();
    if (!conv || now - (this.#typed.get(id) ?? 0) < typingEvery) return;
    if (!untrack(conv.maySend) || untrack(conv.presence) !== "active") return;
    this.#typed.set(id, now);
    this.context.link().say({ type: "typing", target: conv.target });
  }

  /** Somebody types, or has stopped. */
  typing(conv: Conv, user: string, now: boolean): void {
    const before = conv.typists.get(user);
    if (!now && !before) return;
    before?.();
    conv.typists.delete(user);
    if (now) {
      const cancel = this.context.clock.after(typingLasts, () => this.typing(conv, user, false));
      conv.typists.set(user, cancel);
    }
    this.context.pulse.mark(conv);
  }

  /** Something was sent: the next key press is news again. */
  sentFrom(id: string): void {
    this.#typed.delete(id);
  }

  markRead(id: string): void {
    const conv = this.#convs.get(id);
    if (conv) this.context.markRead(conv);
  }

  clear(): void {
    for (const conv of this.#convs.values()) for (const cancel of conv.typists.values()) cancel();
    this.#convs.clear();
    this.#opened.clear();
    this.#typed.clear();
    this.#waiting.clear();
    this.setReady(false);
    this.#bump();
  }
}
