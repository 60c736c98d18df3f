import { type Accessor, createSignal, type Setter } from "solid-js";
import type { ConversationKind, Room, RoomRole, Target } from "../wire/objects";
import { fromKept, insert, placeOf, type Reader, removeId, replace, toKept } from "./message";
import type { Lagging } from "./pulse";
import type { About, KeptConversation } from "./store/store";
import type { Conversation, Message, Notify, Presence } from "./types";
import { Unread } from "./unread";

/** What follows the messages of a conversation: an open timeline. */
export interface Follower {
  received(m: Message): void;
  changed(m: Message): void;
  removed(id: string): void;
  /** All that was known is void. */
  reset(): void;
  /** The sends or what is said about messages changed. */
  touched(): void;
}

// The newest messages that are in memory of each conversation, so that switching costs nothing.
const tailMax = 200;
const tailKeep = 100;

/** The state of a conversation: what events change at once, and the signals that follow. */
export class Conv implements Conversation, Lagging {
  /** The last event that is counted in. */
  position = 0;
  /** All messages with a seq from tailFrom to position, in order. */
  tail: Message[] = [];
  tailFrom = 1;
  readonly news = new Unread();
  /** How far one has read on this device, as was or is to be told. */
  marked = 0;
  /** Changes when all that was known became void; what was asked for before is of no use. */
  epoch = 0;
  /** Events up to here are old news and alert nobody. */
  quietUntil = 0;
  /** What events did while pages are being read, by id: it is newer than what the pages say. */
  readonly flying = new Map<string, Message | null>();
  flights = 0;
  readonly followers = new Set<Follower>();
  last: Message | undefined;
  /** How many sends of this device wait or failed. */
  sends = 0;
  /** What it is besides messages may have changed unseen. */
  unsure = true;
  readonly typists = new Map<string, () => void>();

  readonly name: Accessor<string>;
  readonly topic: Accessor<string>;
  readonly room: Accessor<Room | undefined>;
  readonly setRoom: Setter<Room | undefined>;
  readonly presence: Accessor<Presence>;
  readonly setPresence: Setter<Presence>;
  readonly unread: Accessor<number>;
  readonly mentions: Accessor<number>;
  readonly lastActivity: Accessor<number>;
  readonly lastMessage: Accessor<Message | undefined>;
  readonly notify: Accessor<Notify>;
  readonly setNotify: Setter<Notify>;
  readonly draft: Accessor<string>;
  readonly setDraft: Setter<string>;
  readonly typing: Accessor<readonly string[]>;
  readonly unsent: Accessor<number>;
  readonly role: Accessor<RoomRole | undefined>;
  readonly setRole: Setter<RoomRole | undefined>;
  readonly mutedUntil: Accessor<number | undefined>;
  readonly setMutedUntil: Setter<number | undefined>;
  readonly #publish: (() => void)[];
  #activity = 0;

  constructor(
    readonly id: string,
    readonly kind: ConversationKind,
    readonly peer: string | undefined,
    nameOf: (user: string) => string,
  ) {
    [this.room, this.setRoom] = createSignal<Room>();
    [this.presence, this.setPresence] = createSignal<Presence>(
      kind === "dm" ? "unbegun" : "active",
    );
    [this.notify, this.setNotify] = createSignal<Notify>(kind === "dm" ? "all" : "mentions");
    [this.draft, this.setDraft] = createSignal("");
    [this.role, this.setRole] = createSignal<RoomRole>();
    [this.mutedUntil, this.setMutedUntil] = createSignal<number>();
    const [unread, setUnread] = createSignal(0);
    const [mentions, setMentions] = createSignal(0);
    const [lastActivity, setLastActivity] = createSignal(0);
    const [lastMessage, setLastMessage] = createSignal<Message>();
    const [typing, setTyping] = createSignal<readonly string[]>([]);
    const [unsent, setUnsent] = createSignal(0);
    this.unread = unread;
    this.mentions = mentions;
    this.lastActivity = lastActivity;
    this.lastMessage = lastMessage;
    this.typing = typing;
    this.unsent = unsent;
    this.#publish = [
      () => setUnread(this.news.count),
      () => setMentions(kind === "dm" ? this.news.count : this.news.mentions),
      () => setLastActivity(this.#activity),
      () => setLastMessage(this.last),
      () => setUnsent(this.sends),
      () => {
        const now = [...this.typists.keys()];
        if (now.join() !== typing().join()) setTyping(now);
      },
    ];
    this.name = () => (peer === undefined ? (this.room()?.name ?? "") : nameOf(peer));
    this.topic = () => this.room()?.settings.description ?? "";
  }

  get target(): Target {
    return this.peer === undefined
      ? { type: "room", room_id: this.id }
      : { type: "dm", recipient: this.peer };
  }

  /** It goes on: events come, and it is named when resuming. */
  get active(): boolean {
    return this.presence() === "active";
  }

  readonly maySend = (): boolean => {
    const presence = this.presence();
    if (presence !== "active" && presence !== "unbegun") return false;
    if (this.mutedUntil() !== undefined) return false;
    const role = this.role();
    return !this.room()?.settings.moderated || role === "moderator" || role === "owner";
  };

  publish(): void {
    for (const run of this.#publish) run();
  }

  received(m: Message): void {
    if (this.flights > 0) this.flying.set(m.id, m);
    if (m.seq >= this.tailFrom) insert(this.tail, m);
    if (this.tail.length > tailMax) this.#cut();
    if (!m.own) this.news.add(m);
    this.latest(m);
    for (const f of this.followers) f.received(m);
  }

  changed(m: Message): void {
    if (this.flights > 0) this.flying.set(m.id, m);
    replace(this.tail, m);
    if (!m.own) this.news.change(m);
    if (this.last?.id === m.id) this.last = m;
    for (const f of this.followers) f.changed(m);
  }

  removed(id: string): void {
    if (this.flights > 0) this.flying.set(id, null);
    removeId(this.tail, id);
    this.news.remove(id);
    if (this.last?.id === id) this.last = this.tail[this.tail.length - 1];
    for (const f of this.followers) f.removed(id);
  }

  /** The position did not join up: what was known is void, and it goes on behind seq. */
  reset(seq: number): void {
    this.position = seq;
    this.tail = [];
    this.tailFrom = seq + 1;
    this.news.reset();
    this.flying.clear();
    this.epoch++;
    for (const f of this.followers) f.reset();
  }

  /** Takes all messages that there are now, from `from` on. */
  adopt(from: number, messages: readonly Message[]): void {
    // Without a floor it is not known yet how many of them are unread.
    if (this.news.floor > 0) for (const m of messages) if (!m.own) this.news.add(m);
    if (from < this.tailFrom) {
      this.tail = [...messages];
      this.tailFrom = from;
    }
    const last = this.tail[this.tail.length - 1];
    if (last) this.latest(last);
    if (this.tail.length > tailMax) this.#cut();
  }

  latest(m: Message): void {
    if (this.last && this.last.seq > m.seq) return;
    this.last = m;
    this.#activity = Math.max(this.#activity, m.createdAt);
  }

  #cut(): void {
    this.tail = this.tail.slice(-tailKeep);
    this.tailFrom = this.tail[0]?.seq ?? this.tailFrom;
  }

  /** Finds a message among the newest. */
  find(id: string, seq: number): Message | undefined {
    const m = this.tail[placeOf(this.tail, seq)];
    return m?.id === id ? m : undefined;
  }

  /** One's own newest message, of those in memory. */
  lastOwn(): Message | undefined {
    return this.tail.findLast((m) => m.own);
  }

  about(): About {
    return {
      kind: this.kind,
      peer: this.peer,
      room: this.room(),
      role: this.role(),
      mutedUntil: this.mutedUntil(),
      floor: this.news.floor,
      marked: this.marked,
      unread: this.news.count,
      mentions: this.news.mentions,
      exact: this.news.exact || this.news.sound,
      lastActivity: this.#activity,
      last: this.last ? toKept(this.last) : undefined,
      draft: this.draft(),
      notify: this.notify(),
    };
  }

  restore(k: KeptConversation, reader: Reader): void {
    this.position = k.position;
    this.tailFrom = k.position + 1;
    this.marked = k.marked;
    this.news.restore(k.floor, k.unread, k.mentions, k.exact);
    this.#activity = k.lastActivity;
    this.last = k.last ? fromKept(k.last, k.id, reader) : undefined;
    this.unsure = k.kind === "room" && k.room === undefined;
    this.setRoom(k.room);
    this.setRole(k.role);
    this.setMutedUntil(k.mutedUntil);
    this.setDraft(k.draft);
    if (k.notify) this.setNotify(k.notify);
    this.setPresence(k.kind === "dm" && k.position === 0 ? "unbegun" : "active");
    this.publish();
  }
}
