import { Backoff } from "../link/backoff";
import type { Clock } from "../link/clock";
import { ApiError, asApiError, isPassing } from "../link/error";
import type { Link } from "../link/link";
import { sendBody } from "../wire/frames";
import type { WireMessage } from "../wire/objects";
import { bad } from "../wire/shape";
import type { Conv } from "./conversation";
import { newId } from "./ids";
import { stored } from "./message";
import type { Persist } from "./persist";
import type { KeptSend } from "./store/store";
import type { Message, MessageState } from "./types";

interface Entry {
  readonly key: string;
  readonly conv: Conv;
  readonly content: string;
  readonly at: number;
  message: Message;
  /** It is being asked for now. */
  busy: boolean;
  /** Stored as this seq; the event is still to come. */
  seq: number;
  failed: boolean;
  /** Of another tab, which sends it itself as long as it lives. */
  foreignUntil: number;
}

export interface OutboxContext {
  readonly clock: Clock;
  readonly persist: Persist;
  readonly link: () => Link;
  readonly me: () => string;
  /** Something that is shown changed. */
  readonly touched: (conv: Conv) => void;
  readonly tell: (message: { readonly t: "sends"; readonly sends: readonly KeptSend[] }) => void;
  readonly tellGone: (key: string) => void;
}

const deadline = 20_000;
// How long another tab may take to send what was typed there before this one does it, too.
const patience = 30_000;

/**
 * What was sent and is not acknowledged. One send of a conversation is on its way at a time, so
 * that messages are stored in the order in which they were typed, whatever is refused.
 */
export class Outbox {
  #entries = new Map<string, Entry>();
  #lists = new Map<Conv, Entry[]>();
  #notBefore = 0;
  #why: string | undefined;
  #timer: (() => void) | undefined;
  #backoff: Backoff;

  constructor(private readonly context: OutboxContext) {
    this.#backoff = new Backoff(context.clock, 1_000, 60_000);
  }

  send(conv: Conv, content: string): void {
    const kept: KeptSend = {
      key: newId(),
      conversation: conv.id,
      kind: conv.kind,
      peer: conv.peer,
      content,
      at: this.context.clock.now(),
    };
    this.#add(conv, kept, 0);
    this.context.persist.send(kept);
    this.context.tell({ t: "sends", sends: [kept] });
    this.pump();
  }

  /** Takes over what was found in the store, or what another tab has. */
  restore(conv: Conv, kept: KeptSend, foreign: boolean): void {
    if (this.#entries.has(kept.key)) return;
    this.#add(conv, kept, foreign ? this.context.clock.now() + patience : 0);
    if (foreign) this.#pumpIn(patience);
  }

  retry(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry?.failed) return;
    entry.failed = false;
    entry.foreignUntil = 0;
    this.#show(entry, { kind: "queued" });
    this.context.persist.send(this.#kept(entry));
    this.pump();
  }

  drop(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry || entry.busy || entry.seq > 0) return;
    this.#forget(entry);
    this.context.tellGone(key);
  }

  /** It has arrived: the event or a page has it, or another tab says so. */
  settle(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#forget(entry);
    this.pump();
  }

  /** A conversation counts up to here: what is stored at or before it has been seen. */
  counted(conv: Conv): void {
    for (const entry of this.#lists.get(conv) ?? []) {
      if (entry.seq > 0 && entry.seq <= conv.position) this.#forget(entry);
    }
  }

  /** Something of it is stored, and its event is still to come. */
  waits(conv: Conv): boolean {
    return this.#lists.has(conv);
  }

  messages(conv: Conv): readonly Message[] {
    return (this.#lists.get(conv) ?? []).map((entry) => entry.message);
  }

  clear(): void {
    this.#timer?.();
    this.#timer = undefined;
    this.#entries.clear();
    this.#lists.clear();
    this.#notBefore = 0;
  }

  #add(conv: Conv, kept: KeptSend, foreignUntil: number): void {
    const state: MessageState = kept.failed
      ? { kind: "failed", error: { ...kept.failed, status: 0 } }
      : { kind: "queued" };
    const entry: Entry = {
      key: kept.key,
      conv,
      content: kept.content,
      at: kept.at,
      busy: false,
      seq: 0,
      failed: kept.failed !== undefined,
      foreignUntil,
      message: {
        key: kept.key,
        id: "",
        seq: 0,
        conversation: conv.id,
        author: this.context.me(),
        content: kept.content,
        createdAt: kept.at,
        edited: false,
        own: true,
        mentionsMe: false,
        state,
      },
    };
    this.#entries.set(entry.key, entry);
    const list = this.#lists.get(conv) ?? [];
    list.push(entry);
    this.#lists.set(conv, list);
    this.#touched(conv);
  }

  #forget(entry: Entry): void {
    this.#entries.delete(entry.key);
    const list = (this.#lists.get(entry.conv) ?? []).filter((e) => e !== entry);
    if (list.length > 0) this.#lists.set(entry.conv, list);
    else this.#lists.delete(entry.conv);
    this.context.persist.sent(entry.key);
    this.#touched(entry.conv);
  }

  #touched(conv: Conv): void {
    conv.sends = (this.#lists.get(conv) ?? []).filter((e) => e.seq === 0).length;
    this.context.touched(conv);
  }

  #show(entry: Entry, state: MessageState): void {
    entry.message = { ...entry.message, state };
    this.#touched(entry.conv);
  }

  #kept(entry: Entry): KeptSend {
    const { key, conv, content, at, message } = entry;
    const failed = message.state.kind === "failed" ? message.state.error : undefined;
    return {
      key,
      conversation: conv.id,
      kind: conv.kind,
      peer: conv.peer,
      content,
      at,
      ...(failed ? { failed: { code: failed.code, message: failed.message } } : {}),
    };
  }

  #pumpIn(ms: number): void {
    this.#timer?.();
    this.#timer = this.context.clock.after(ms, () => {
      this.#timer = undefined;
      this.pump();
    });
  }

  /** Sends what can be sent now. */
  pump(): void {
    const now = this.context.clock.now();
    if (!this.context.link().live) return;
    if (now < this.#notBefore) {
      this.#pumpIn(this.#notBefore - now);
      return;
    }
    let foreign = Number.POSITIVE_INFINITY;
    for (const list of this.#lists.values()) {
      const next = list.find((e) => !e.failed && e.seq === 0);
      if (!next || list.some((e) => e.busy)) continue;
      if (next.foreignUntil > now) foreign = Math.min(foreign, next.foreignUntil);
      else void this.#ask(next);
    }
    if (foreign < Number.POSITIVE_INFINITY) this.#pumpIn(foreign - now);
  }

  async #ask(entry: Entry): Promise<void> {
    entry.busy = true;
    this.#show(entry, { kind: "sending" });
    try {
      const answer = await this.context.link().ask(
        (id) => ({
          type: "send_message",
          request_id: id,
          target: entry.conv.target,
          content: entry.content,
          client_msg_id: entry.key,
        }),
        deadline,
      );
      const body = sendBody(answer.body);
      if (body === bad) throw new ApiError("unavailable", "the answer makes no sense");
      this.#acknowledged(entry, body.message);
      this.#backoff.reset();
    } catch (e) {
      this.#refused(entry, e);
    }
    entry.busy = false;
    this.pump();
  }

  #acknowledged(entry: Entry, m: WireMessage): void {
    if (this.#entries.get(entry.key) !== entry) return;
    if (m.deleted || m.seq <= entry.conv.position) {
      this.#forget(entry);
      this.context.tellGone(entry.key);
      return;
    }
    // Shown as it is until the event comes, which is behind others perhaps.
    entry.seq = m.seq;
    entry.message = {
      ...entry.message,
      id: m.id,
      seq: m.seq,
      createdAt: Date.parse(m.created_at),
      state: stored,
    };
    this.context.persist.sent(entry.key);
    this.context.tellGone(entry.key);
    this.#touched(entry.conv);
  }

  #refused(entry: Entry, e: unknown): void {
    const error = asApiError(e);
    if (this.#entries.get(entry.key) !== entry) return;
    if (error.code === "lost") {
      this.#show(entry, { kind: "queued" });
      return;
    }
    if (isPassing(error.code) || error.code === "internal_error") {
      const wait = this.#backoff.next((error.retryAfter ?? 0) * 1000);
      this.#notBefore = this.context.clock.now() + wait;
      this.#why = error.code;
      this.#waiting();
      return;
    }
    entry.failed = true;
    const { code, message, status, retryAfter } = error;
    this.#show(entry, { kind: "failed", error: { code, message, status, retryAfter } });
    this.context.persist.send(this.#kept(entry));
    this.context.tell({ t: "sends", sends: [this.#kept(entry)] });
  }

  /** Limits are for the user: everything waits, and shows until when. */
  #waiting(): void {
    for (const entry of this.#entries.values()) {
      if (entry.failed || entry.seq > 0) continue;
      this.#show(entry, { kind: "queued", retryAt: this.#notBefore, why: this.#why });
    }
  }
}
