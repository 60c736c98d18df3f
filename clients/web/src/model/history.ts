import { ApiError } from "../link/error";
import type { Http } from "../link/http";
import { messagePage } from "../wire/bodies";
import type { Conv } from "./conversation";
import { fromKept, fromWire, insert, type Reader } from "./message";
import type { Persist } from "./persist";
import type { Message } from "./types";

/** Messages without gaps: all that there are from `from` to `to`. */
export interface Pages {
  readonly from: number;
  readonly to: number;
  readonly messages: Message[];
}

const pageSize = 100;

/** The past was thrown away while it was being read. */
export const stale = () => new ApiError("stale", "the conversation began anew meanwhile");

type Use = (pages: Pages) => void;

/** Reads messages of the past: from the store if it has them, else from the server. */
export class History {
  constructor(
    private readonly http: Http,
    private readonly persist: Persist,
    private readonly reader: () => Reader,
  ) {}

  /** The newest messages, up to the moment in which they are used. */
  newest(conv: Conv, use: Use): Promise<void> {
    return this.#fly(
      conv,
      async () => ({
        ...(await this.#older(conv, conv.position + 1)),
        to: Number.POSITIVE_INFINITY,
      }),
      (pages) => {
        conv.adopt(pages.from, pages.messages);
        use(pages);
      },
    );
  }

  /** The newest messages before a seq. from is at most 1 if there are no older ones. */
  older(conv: Conv, before: number, use: Use): Promise<void> {
    return this.#fly(conv, () => this.#older(conv, before), use);
  }

  /** The oldest messages behind a seq; to is infinite if there are no newer ones. */
  newer(conv: Conv, after: number, use: Use): Promise<void> {
    return this.#fly(conv, () => this.#newer(conv, after), use);
  }

  /** A page up to a seq and one behind it. */
  around(conv: Conv, seq: number, use: Use): Promise<void> {
    return this.#fly(
      conv,
      async () => {
        const [before, after] = await Promise.all([
          this.#older(conv, seq + 1),
          this.#newer(conv, seq),
        ]);
        const messages = [...before.messages];
        for (const m of after.messages) insert(messages, m);
        return { from: before.from, to: after.to, messages };
      },
      use,
    );
  }

  async #older(conv: Conv, before: number): Promise<Pages> {
    if (before <= 1) return { from: 0, to: 0, messages: [] };
    const to = before - 1;
    await this.persist.flush();
    const kept = await this.persist.store.before(conv.id, before, pageSize);
    if (kept) {
      const messages = kept.messages.map((k) => fromKept(k, conv.id, this.reader()));
      return { from: kept.from, to, messages };
    }
    const { epoch } = conv;
    const page = await this.#page(conv, { before_seq: before });
    if (conv.epoch !== epoch) throw stale();
    const first = page.messages[0];
    if (page.has_more && !first) throw new ApiError("bad_answer", "an empty page before others");
    const from = page.has_more && first ? first.seq : 0;
    this.persist.page(conv, from, to, merge(conv, { from, to, messages: page.messages }));
    return { from, to, messages: page.messages };
  }

  async #newer(conv: Conv, after: number): Promise<Pages> {
    await this.persist.flush();
    const kept = await this.persist.store.after(conv.id, after, pageSize);
    if (kept) {
      const messages = kept.messages.map((k) => fromKept(k, conv.id, this.reader()));
      const to = kept.to >= conv.position ? Number.POSITIVE_INFINITY : kept.to;
      return { from: after + 1, to, messages };
    }
    const page = await this.#page(conv, { after_seq: after });
    const last = page.messages[page.messages.length - 1];
    if (page.has_more && !last) throw new ApiError("bad_answer", "an empty page before others");
    const to = page.has_more && last ? last.seq : Number.POSITIVE_INFINITY;
    return { from: after + 1, to, messages: page.messages };
  }

  async #page(conv: Conv, bound: { before_seq?: number; after_seq?: number }) {
    const query = {
      target_type: conv.peer === undefined ? "room" : "dm",
      target_id: conv.peer ?? conv.id,
      limit: pageSize,
      ...bound,
    };
    const page = await this.http.get("/messages", messagePage, { query });
    const messages = page.messages
      .filter((m) => !m.deleted)
      .map((m) => fromWire(m, this.reader()))
      .reverse();
    return { messages, has_more: page.has_more };
  }

  /** Reads while events go on, and hands over what is right in that very moment. */
  async #fly(conv: Conv, read: () => Promise<Pages>, use: Use): Promise<void> {
    const { epoch } = conv;
    conv.flights++;
    try {
      const pages = await read();
      if (conv.epoch !== epoch) throw stale();
      use({ ...pages, messages: merge(conv, pages) });
    } finally {
      conv.flights--;
      if (conv.flights === 0) conv.flying.clear();
    }
  }
}

/**
 * What events said since the reading began wins: either it is newer than the page, or the event
 * that made the page newer is still to come.
 */
function merge(conv: Conv, pages: Pages): Message[] {
  const messages = pages.messages
    .map((m) => conv.flying.get(m.id) ?? m)
    .filter((m) => conv.flying.get(m.id) !== null);
  for (const m of conv.flying.values()) {
    if (m && m.seq >= pages.from && m.seq <= pages.to) insert(messages, m);
  }
  return messages;
}
