// What is kept on this device, so that a page is there at once and nothing that was typed is lost.
//
// Of each conversation one stretch is kept without gaps: all messages from `from` to `position`,
// where position is the last event that is counted in. Both are written in the transaction that
// writes the messages, so whatever a crash leaves is a state that resume can go on from. Several
// tabs write to the same store; a write that does not join up with what is there is refused or
// begins a new stretch, it never leaves a gap.

import type { ConversationKind, Room, RoomRole, User } from "../../wire/objects";

/** A stored message. */
export interface Kept {
  readonly id: string;
  readonly seq: number;
  readonly author: string;
  readonly content: string;
  readonly at: number;
  readonly edited: boolean;
  /** Only of own messages: what they were sent with. */
  readonly cid?: string | undefined;
}

export interface KeptConversation {
  readonly id: string;
  readonly kind: ConversationKind;
  readonly peer?: string | undefined;
  readonly position: number;
  readonly from: number;
  readonly room?: Room | undefined;
  readonly role?: RoomRole | undefined;
  readonly mutedUntil?: number | undefined;
  /** What is at or before it is read. */
  readonly floor: number;
  /** How far one has read here; the server may not know it yet. */
  readonly marked: number;
  readonly unread: number;
  readonly mentions: number;
  /** Both are so; otherwise they and the floor are a guess. */
  readonly exact: boolean;
  readonly lastActivity: number;
  readonly last?: Kept | undefined;
  readonly draft: string;
  readonly notify?: "all" | "mentions" | "none" | undefined;
}

/** A send that is not acknowledged. */
export interface KeptSend {
  /** client_msg_id. */
  readonly key: string;
  readonly conversation: string;
  readonly kind: ConversationKind;
  readonly peer?: string | undefined;
  readonly content: string;
  readonly at: number;
  readonly failed?: { readonly code: string; readonly message: string } | undefined;
}

/** What a conversation is besides its messages. */
export type About = Omit<KeptConversation, "id" | "position" | "from">;

/** The change of one conversation. */
export interface ConversationWrite {
  readonly id: string;
  /** The events in (base, position] are in put and remove. They are equal if there were none. */
  readonly base: number;
  readonly position: number;
  /** What was stored before is of no use. */
  readonly reset: boolean;
  readonly about: About;
  readonly put: readonly Kept[];
  readonly remove: readonly string[];
  /** put also has all messages from `from` up to `to`, read from the history. */
  readonly page?: { readonly from: number; readonly to: number } | undefined;
}

export interface Write {
  readonly conversations?: readonly ConversationWrite[];
  readonly drop?: readonly string[];
  readonly userSeq?: number;
  readonly meta?: Readonly<Record<string, unknown>>;
  readonly sends?: readonly KeptSend[];
  readonly sent?: readonly string[];
  readonly users?: readonly User[];
}

export interface Snapshot {
  readonly conversations: readonly KeptConversation[];
  readonly sends: readonly KeptSend[];
  readonly users: readonly User[];
  readonly userSeq: number | undefined;
  readonly meta: Readonly<Record<string, unknown>>;
}

/** Messages in order of seq, and how far down and up they are all there. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly messages: readonly Kept[];
}

export interface LocalStore {
  /** Reads what is there for a user, and forgets what is there of another one. */
  open(userId: string): Promise<Snapshot>;
  write(change: Write): Promise<void>;
  /** The newest messages before a seq, in one indexed read; undefined if they are not here. */
  before(conversation: string, seq: number, limit: number): Promise<Stretch | undefined>;
  /** The oldest ones behind a seq. */
  after(conversation: string, seq: number, limit: number): Promise<Stretch | undefined>;
  /** Keeps only the newest messages of a conversation. */
  prune(conversation: string, keep: number): Promise<void>;
  /** Forgets everything. */
  wipe(): Promise<void>;
  /** The meta data, with "owner", without opening it for anybody. */
  peek(): Promise<Readonly<Record<string, unknown>>>;
  close(): void;
}

/** What a write does to a conversation, given what is stored of it. */
export interface Plan {
  readonly clear: boolean;
  readonly from: number;
  readonly position: number;
  /** Messages below are not stored, they would leave a gap. */
  readonly putFrom: number;
  readonly events: boolean;
  readonly about: About;
}

/** Decides about a write in one place for all stores. */
export function plan(stored: KeptConversation | undefined, w: ConversationWrite): Plan {
  // What one has read stays read, whichever tab it was in.
  const about = { ...w.about, marked: Math.max(w.about.marked, stored?.marked ?? 0) };
  if (!stored || w.reset || stored.position < w.base) {
    // A new stretch, from the first event on, or from the page if that joins up.
    const joins = w.page && w.page.to >= w.base;
    const from = joins && w.page ? w.page.from : w.base + 1;
    return { clear: true, from, position: w.position, putFrom: from, events: true, about };
  }
  if (stored.position > w.position) {
    // Another tab is ahead: it has counted all of this, and may have later forms of it.
    return {
      clear: false,
      from: stored.from,
      position: stored.position,
      putFrom: Number.POSITIVE_INFINITY,
      events: false,
      about: behind(stored, w.about),
    };
  }
  const joins = w.page && w.page.to >= stored.from - 1;
  const from = joins && w.page ? Math.min(stored.from, w.page.from) : stored.from;
  return { clear: false, from, position: w.position, putFrom: from, events: true, about };
}

/** What a tab that is behind may still say: what was done in it, not what it counted. */
function behind(stored: KeptConversation, said: About): About {
  const { draft, notify } = said;
  const marked = Math.max(stored.marked, said.marked);
  if (said.floor <= stored.floor) return { ...stored, draft, notify, marked };
  return { ...stored, draft, notify, marked, floor: said.floor, exact: false };
}

/** How far a read of `before` reaches; undefined if the stretch does not touch it. */
export function reachBefore(
  stored: KeptConversation | undefined,
  seq: number,
  limit: number,
  messages: readonly Kept[],
): Stretch | undefined {
  if (!stored || stored.from >= seq || stored.position + 1 < seq) return undefined;
  const first = messages[0];
  const from = messages.length < limit || !first ? stored.from : first.seq;
  return { from, to: seq - 1, messages };
}

export function reachAfter(
  stored: KeptConversation | undefined,
  seq: number,
  limit: number,
  messages: readonly Kept[],
): Stretch | undefined {
  if (!stored || stored.from > seq + 1 || stored.position <= seq) return undefined;
  const last = messages[messages.length - 1];
  const to = messages.length < limit || !last ? stored.position : last.seq;
  return { from: seq + 1, to, messages };
}
