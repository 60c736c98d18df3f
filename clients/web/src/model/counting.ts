import { type Clock, sleep } from "../link/clock";
import type { Http } from "../link/http";
import { me as meBody } from "../wire/bodies";
import type { User } from "../wire/objects";
import type { Conv } from "./conversation";
import { Deeper } from "./deeper";
import type { History } from "./history";
import { fromKept, type Reader } from "./message";
import type { Persist } from "./persist";
import type { Pulse } from "./pulse";
import { manyUnread } from "./unread";

export interface CountingContext {
  readonly clock: Clock;
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
// How long nothing may have been said for a count to be taken as exact, and how often it is tried.
const calm = 1_000;
const rounds = 3;

/** Finds out what is unread where events alone do not tell, and reads ahead. */
export class Counting {
  #running: Promise<void> | undefined;
  #again = false;
  #generation = 0;
  readonly #deeper: Deeper;

  constructor(private readonly context: CountingContext) {
    this.#deeper = new Deeper(context);
  }

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
    this.#deeper.clear();
  }

  async #run(): Promise<void> {
    const generation = this.#generation;
    const { pulse } = this.context;
    const unsure: Conv[] = [];
    for (const conv of this.context.conversations()) {
      if (!conv.active || conv.news.exact) continue;
      if (await this.#fromStore(conv)) pulse.mark(conv);
      else unsure.push(conv);
    }
    let moved = await this.#ask(unsure, generation);
    if (generation === this.#generation) await this.#warm();
    // Events that were on their way may have been counted by the server and then here once more.
    for (let round = 0; moved.length > 0 && round < rounds; round++) {
      await sleep(this.context.clock, calm);
      moved = await this.#ask(moved, generation);
    }
    await this.#deeper.run(() => generation === this.#generation && !this.#again);
  }

  /** Asks the server. Returns those in which something was said meanwhile. */
  async #ask(unsure: readonly Conv[], generation: number): Promise<Conv[]> {
    if (unsure.length === 0 || generation !== this.#generation) return [];
    const { pulse, persist, clock } = this.context;
    const asked = new Map(unsure.map((conv) => [conv, conv.position]));
    const body = await this.context.http.get("/users/me", meBody);
    if (generation !== this.#generation) return [];
    this.context.onMe(body.user);
    const counts = body.unread_counts;
    if (!counts) return [];
    await each(unsure, async (conv) => {
      await this.#fromServer(conv, counts[conv.id] ?? 0, asked.get(conv) ?? 0);
      pulse.mark(conv);
      persist.mark(conv);
    });
    await sleep(clock, calm);
    if (generation !== this.#generation) return [];
    return unsure.filter((conv) => conv.active && conv.position !== asked.get(conv));
  }

  /** The store may have all that lies behind the floor. */
  async #fromStore(conv: Conv): Promise<boolean> {
    if (!conv.news.sound) return false;
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
    const others = conv.tail.filter((m) => !m.own && m.seq > news.floor);
    const total = count + others.filter((m) => m.seq > asked).length;
    // The server may know of a floor that is not known here, as where one joined: the newest ones
    // are the unread ones.
    const first = others[others.length - total];
    if (first && (news.floor === 0 || others.length > total)) news.raise(first.seq - 1, 0);
    for (const m of others) news.add(m);
    if (conv.tailFrom <= news.floor + 1 || others.length >= total) news.settle();
    else news.estimate(total);
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
