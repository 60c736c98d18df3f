import type { Conv } from "./conversation";
import type { History } from "./history";
import type { Persist } from "./persist";
import type { Pulse } from "./pulse";

export interface DeeperContext {
  readonly history: History;
  readonly persist: Persist;
  readonly pulse: Pulse;
  readonly conversations: () => Iterable<Conv>;
}

// Of one room, and of all of them after a login. A page has 100 messages, and the server counts no
// more than 1,000 unread ones.
const pagesOfOne = 10;
const pagesOfAll = 50;

/**
 * The server says how many messages are unread, but not how many of them call for one. Where they
 * are more than are in memory, their pages are read in the background, one after the other, from
 * the newest room on.
 */
export class Deeper {
  /** Which rooms were looked through, by the epoch in which they were. */
  #done = new Map<string, number>();
  #left = pagesOfAll;

  constructor(private readonly context: DeeperContext) {}

  clear(): void {
    this.#done.clear();
    this.#left = pagesOfAll;
  }

  /** Goes on while nothing more important is to be done. */
  async run(free: () => boolean): Promise<void> {
    const wanted = [...this.context.conversations()]
      // In a talk of two every message calls.
      .filter((conv) => conv.kind === "room" && conv.active && conv.news.rest > 0)
      .filter((conv) => conv.news.exact && this.#done.get(conv.id) !== conv.epoch)
      .sort((a, b) => b.lastActivity() - a.lastActivity());
    for (const conv of wanted) {
      if (!free() || this.#left === 0) return;
      await this.#through(conv, free).catch(() => {}); // it is tried with the next count
    }
  }

  async #through(conv: Conv, free: () => boolean): Promise<void> {
    const { epoch } = conv;
    let before = conv.tailFrom;
    for (let page = 0; page < pagesOfOne && this.#left > 0 && conv.news.rest > 0; page++) {
      if (!free()) return;
      this.#left--;
      await this.context.history.older(conv, before, (pages) => {
        for (const m of pages.messages.toReversed()) if (!m.own) conv.news.fill(m);
        before = pages.from;
        if (before <= Math.max(1, conv.news.floor + 1)) conv.news.settle();
        this.context.pulse.mark(conv);
        this.context.persist.mark(conv);
      });
    }
    this.#done.set(conv.id, epoch);
  }
}
