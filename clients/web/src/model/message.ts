import type { WireMessage } from "../wire/objects";
import type { Kept } from "./store/store";
import type { Message, MessageState } from "./types";

export const stored: MessageState = { kind: "stored" };

/** Who looks at the messages. */
export interface Reader {
  readonly id: string;
  /** Finds what names the reader. */
  readonly mention: RegExp;
}

export function reader(id: string, username: string): Reader {
  const name = username.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  // Names have letters and digits of any script and "_"; an address like a@bob.org is no mention.
  return {
    id,
    mention: new RegExp(`(?<![\\p{L}\\p{N}_.])@(?:${name}|all|room)(?![\\p{L}\\p{N}_])`, "iu"),
  };
}

export function fromWire(m: WireMessage, reader: Reader): Message {
  const own = m.author === reader.id;
  return {
    key: own && m.client_msg_id ? m.client_msg_id : m.id,
    id: m.id,
    seq: m.seq,
    conversation: m.conversation,
    author: m.author,
    content: m.content,
    createdAt: Date.parse(m.created_at),
    edited: m.edited,
    own,
    mentionsMe: !own && reader.mention.test(m.content),
    state: stored,
  };
}

export function fromKept(k: Kept, conversation: string, reader: Reader): Message {
  const own = k.author === reader.id;
  return {
    key: k.cid ?? k.id,
    id: k.id,
    seq: k.seq,
    conversation,
    author: k.author,
    content: k.content,
    createdAt: k.at,
    edited: k.edited,
    own,
    mentionsMe: !own && reader.mention.test(k.content),
    state: stored,
  };
}

export function toKept(m: Message): Kept {
  return {
    id: m.id,
    seq: m.seq,
    author: m.author,
    content: m.content,
    at: m.createdAt,
    edited: m.edited,
    ...(m.key === m.id ? {} : { cid: m.key }),
  };
}

/** The first place in messages, which are in order, whose seq is at least this. */
export function placeOf(messages: readonly Message[], seq: number): number {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((messages[middle]?.seq ?? 0) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Puts a message where it belongs; at the end, which is the rule, this costs nothing. */
export function insert(messages: Message[], m: Message): void {
  const last = messages[messages.length - 1];
  if (!last || last.seq < m.seq) {
    messages.push(m);
    return;
  }
  const at = placeOf(messages, m.seq);
  messages.splice(at, messages[at]?.seq === m.seq ? 1 : 0, m);
}

/** Puts the new form of a message in the place of the old one, if that is here. */
export function replace(messages: Message[], m: Message): boolean {
  const at = placeOf(messages, m.seq);
  if (messages[at]?.id !== m.id) return false;
  messages[at] = m;
  return true;
}

export function removeId(messages: Message[], id: string): boolean {
  const at = messages.findIndex((m) => m.id === id);
  if (at < 0) return false;
  messages.splice(at, 1);
  return true;
}
