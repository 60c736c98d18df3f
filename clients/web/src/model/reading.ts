import { Backoff } from "../link/backoff";
import type { Clock } from "../link/clock";
import type { Environment } from "../link/environment";
import { asApiError, isPassing } from "../link/error";
import type { Http } from "../link/http";
import { readMark } from "../wire/bodies";
import type { Conv } from "./conversation";
import type { Persist } from "./persist";
import type { Pulse } from "./pulse";
import type { Tabs } from "./tabs";

export interface ReadingContext {
  readonly clock: Clock;
  readonly environment: Environment;
  readonly http: Http;
  readonly persist: Persist;
  readonly pulse: Pulse;
  readonly tabs: Tabs;
  /** What is unread has to be counted anew. */
  readonly recount: () => void;
}

const every = 1_500;

/** How far one has read: noted here at once, told to the server now and then. */
export class Reading {
  #dirty = new Set<Conv>();
  #timer: (() => void) | undefined;
  #last = 0;
  #backoff: Backoff;

  constructor(private readonly context: ReadingContext) {
    this.#backoff = new Backoff(context.clock, 2_000, 60_000);
  }

  /** The newest message can be seen; it has been read if somebody is there. */
  seen(conv: Conv): void {
    if (this.context.environment.focused()) this.mark(conv);
  }

  /** All of it has been read. */
  mark(conv: Conv): void {
    const newest = conv.last?.seq ?? 0;
    const { news } = conv;
    // Of one's own messages nobody has to be told: they are never unread.
    const worth = news.count > 0 || news.floor === 0 || !news.exact;
    if (!this.raise(conv, newest) || !worth) return;
    conv.marked = newest;
    this.context.tabs.post({ t: "read", c: conv.id, seq: newest });
    this.tell(conv);
  }

  /** The server does not know yet how far one has read. */
  tell(conv: Conv): void {
    this.#dirty.add(conv);
    this.#later(Math.max(0, this.#last + every - this.context.clock.now()));
  }

  /** Reading has come this far, here or elsewhere. */
  raise(conv: Conv, seq: number): boolean {
    if (!conv.news.raise(seq, conv.last?.seq ?? 0)) return false;
    this.context.pulse.mark(conv);
    this.context.persist.mark(conv);
    if (!conv.news.exact) this.context.recount();
    return true;
  }

  #later(ms: number): void {
    this.#timer ??= this.context.clock.after(ms, () => {
      this.#timer = undefined;
      void this.flush();
    });
  }

  /** Tells the server what it does not know yet. */
  async flush(): Promise<void> {
    if (this.#dirty.size === 0) return;
    this.#last = this.context.clock.now();
    const convs = [...this.#dirty];
    this.#dirty.clear();
    await Promise.all(
      convs.map(async (conv) => {
        const body = { target: conv.target, seq: conv.marked };
        try {
          const answer = await this.context.http.post("/messages/read", readMark, { body });
          this.raise(conv, answer.read_seq);
          this.#backoff.reset();
        } catch (e) {
          const error = asApiError(e);
          if (!isPassing(error.code)) return;
          this.#dirty.add(conv);
          this.#later(this.#backoff.next((error.retryAfter ?? 0) * 1000));
        }
      }),
    );
  }

  clear(): void {
    this.#timer?.();
    this.#timer = undefined;
    this.#dirty.clear();
  }
}
