import type { Http } from "../link/http";
import { me as meBody } from "../wire/bodies";
import type { User } from "../wire/objects";
import type { Conv } from "./conversation";
import type { History } from "./history";
import { fromKept, type Reader } from "./message";
import type { Persist } from "./persist";
import type { Pulse } from "./pulse";
import type { Message } from "./types";
import { manyUnread } from "./unread";

export interface CountingContext {
  readonly http: Http;
  readonly history: History;
  readonly persist: Persist;
  readonly pulse: Pulse;
  readonly reader: () => Reader;
  readonly conversations: () => Iterable<Conv>;
  readonly live: () => boolean;
  readonly onMe: (user: User) => void;
}

// So many conversations are read in advance, so that opening them costs nothing.
const warmMax = 40;
const parallel = 2;

/** Finds out what is unread where events alone do not tell, and reads ahead. */
export class Counting {
  #running: Promise<void> | undefined;
  #again = false;
  #generation = 0;

  constructor(private readonly context: CountingContext) {}

  /** Something is not exact any more. */
  ask(): void {
    if (!this.context.live()) return; // it is asked again when the link is live
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = this.#run()
      .catch(() => {})
      .finally(() => {
        this.#running = undefined;
        if (this.#again) {
          this.#again = false;
          this.ask();
        }
      });
  }

  clear(): void {
    this.#generation++;
  }

  async #run(): Promise<void> {
    const generation = this.#generation;
    const { pulse, persist } = this.context;
    const unsure: Conv[] = [];
    for (const conv of this.context.conversations()) {
      if (!conv.active || conv.news.exact) continue;
      if (await this.#fromStore(conv)) pulse.mark(conv);
      else unsure.push(conv);
    }
    if (unsure.length > 0 && generation === this.#generation) {
      const asked = new Map(unsure.map((conv) => [conv, conv.position]));
      const body = await this.context.http.get("/users/me", meBody);
      if (generation !== this.#generation) return;
      this.context.onMe(body.user);
      const counts = body.unread_counts;
      if (counts) {
        await each(unsure, async (conv) => {
          await this.#fromServer(conv, counts[conv.id] ?? 0, asked.get(conv) ?? 0);
          pulse.mark(conv);
          persist.mark(conv);
        });
      }
    }
    if (generation === this.#generation) await this.#warm();
  }

  /** The store may have all that lies behind the floor. */
  async #fromStore(conv: Conv): Promise<boolean> {
    if (conv.news.count === 0) return false;
    await this.context.persist.flush();
    const { floor } = conv.news;
    const kept = await this.context.persist.store.after(conv.id, floor, manyUnread);
    if (!kept || kept.to < conv.position || conv.news.floor !== floor) return false;
    for (const k of kept.messages) {
      const m = fromKept(k, conv.id, this.context.reader());
      if (!m.own) conv.news.add(m);
    }
    conv.news.settle();
    return true;
  }

  async #fromServer(conv: Conv, count: number, asked: number): Promise<void> {
    const { news } = conv;
    if (count === 0) {
      news.raise(asked, asked);
      news.settle();
      return;
    }
    if (conv.tail.length === 0) {
      await this.context.history.newest(conv, () => {});
    }
    const others: Message[] = conv.tail.filter((m) => !m.own);
    const since = others.filter((m) => m.seq > asked).length;
    if (news.floor === 0) {
      // It was never said how far one has read: the newest ones are the unread ones.
      const first = others[others.length - count - since];
      if (first) news.raise(first.seq - 1, 0);
    }
    for (const m of others) news.add(m);
    if (conv.tailFrom <= news.floor + 1 || others.length >= count + since) news.settle();
    else news.estimate(count + since);
  }

  async #warm(): Promise<void> {
    const generation = this.#generation;
    const convs = [...this.context.conversations()]
      .filter((conv) => conv.active && conv.tail.length === 0 && conv.tailFrom > 1)
      .sort((a, b) => b.news.count - a.news.count || b.lastActivity() - a.lastActivity())
      .slice(0, warmMax);
    await each(convs, async (conv) => {
      if (generation !== this.#generation || conv.tail.length > 0) return;
      await this.context.history.newest(conv, () => this.context.pulse.mark(conv));
    });
  }
}

/** Does something for all, a few at a time; what fails is left out. */
async function each<T>(all: readonly T[], run: (one: T) => Promise<void>): Promise<void> {
  const queue = [...all];
  const worker = async () => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
      await run(one).catch(() => {});
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
}
