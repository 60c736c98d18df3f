import { type Accessor, createSignal } from "solid-js";
import { asApiError } from "../link/error";
import type { Conv, Follower } from "./conversation";
import type { History, Pages } from "./history";
import { insert, placeOf, removeId, replace } from "./message";
import type { Lagging, Pulse } from "./pulse";
import { Rows } from "./rows";
import type { Failure, LoadStatus, Message, Row, Timeline } from "./types";

export interface TimelineContext {
  readonly history: History;
  readonly pulse: Pulse;
  /** Sends that are not stored yet, as messages. */
  unsent(conversation: string): readonly Message[];
  /** A message with what is being done to it. */
  overlay(m: Message): Message;
  /** A page has these messages: sends among them have arrived. */
  arrived(conv: Conv, messages: readonly Message[]): void;
  /** The newest message can be seen. */
  seen(conv: Conv): void;
  closed(timeline: OpenTimeline): void;
}

// A window has at most so many messages; past that the far end is let go.
const windowMax = 800;
const windowKeep = 500;

/** A window on a conversation: messages without gaps from #from to #to. */
export class OpenTimeline implements Timeline, Follower, Lagging {
  readonly conversation: string;
  readonly status: Accessor<LoadStatus>;
  readonly failure: Accessor<Failure | undefined>;
  readonly rows: Accessor<readonly Row[]>;
  readonly hasOlder: Accessor<boolean>;
  readonly hasNewer: Accessor<boolean>;
  readonly loadingOlder: Accessor<boolean>;
  readonly loadingNewer: Accessor<boolean>;
  readonly live: Accessor<boolean>;
  #messages: Message[] = [];
  #from = 1;
  #to = 0;
  #status: LoadStatus = "idle";
  #failure: Failure | undefined;
  #older: Promise<void> | undefined;
  #newer: Promise<void> | undefined;
  #unreadAfter: number | undefined;
  #atEnd = false;
  #turn = 0;
  #closed = false;
  readonly #rows = new Rows();
  readonly #publish: () => void;

  constructor(
    private readonly conv: Conv,
    private readonly context: TimelineContext,
  ) {
    this.conversation = conv.id;
    const [status, setStatus] = createSignal<LoadStatus>("idle");
    const [failure, setFailure] = createSignal<Failure>();
    const [rows, setRows] = createSignal<readonly Row[]>([]);
    const [hasOlder, setHasOlder] = createSignal(false);
    const [hasNewer, setHasNewer] = createSignal(false);
    const [loadingOlder, setLoadingOlder] = createSignal(false);
    const [loadingNewer, setLoadingNewer] = createSignal(false);
    const [live, setLive] = createSignal(false);
    this.status = status;
    this.failure = failure;
    this.rows = rows;
    this.hasOlder = hasOlder;
    this.hasNewer = hasNewer;
    this.loadingOlder = loadingOlder;
    this.loadingNewer = loadingNewer;
    this.live = live;
    this.#publish = () => {
      setStatus(this.#status);
      setFailure(this.#failure);
      setHasOlder(this.#status === "ready" && this.#from > 1);
      setHasNewer(this.#status === "ready" && !this.#live);
      setLoadingOlder(this.#older !== undefined);
      setLoadingNewer(this.#newer !== undefined);
      setLive(this.#live);
      setRows(this.#make());
    };
    conv.followers.add(this);
    this.placeUnreadLine();
    void this.#openNewest();
  }

  get #live(): boolean {
    return this.#to === Number.POSITIVE_INFINITY;
  }

  publish(): void {
    if (this.#closed) return;
    this.#publish();
    if (this.#atEnd && this.#live && this.#status === "ready") this.context.seen(this.conv);
  }

  #make(): Row[] {
    const messages: Message[] = [];
    for (const m of this.#messages) messages.push(this.context.overlay(m));
    if (this.#live) messages.push(...this.context.unsent(this.conv.id));
    return this.#rows.make(
      messages,
      this.#status === "ready" && this.#from <= 1,
      this.#unreadAfter,
    );
  }

  // ---- what events do ----

  received(m: Message): void {
    if (!this.#live) return;
    insert(this.#messages, m);
    if (this.#messages.length > windowMax) this.#trim();
    this.touched();
  }

  changed(m: Message): void {
    if (replace(this.#messages, m)) this.touched();
  }

  removed(id: string): void {
    if (removeId(this.#messages, id)) this.touched();
  }

  reset(): void {
    this.#messages = [];
    void this.#openNewest();
  }

  touched(): void {
    this.context.pulse.mark(this);
  }

  // Of a window that is read at its end the old messages go; of one that is read further up the
  // newest go, and it is no longer live.
  #trim(): void {
    if (this.#atEnd) {
      this.#messages = this.#messages.slice(-windowKeep);
      this.#from = this.#messages[0]?.seq ?? this.#from;
    } else {
      this.#dropNewest();
    }
  }

  #dropNewest(): void {
    this.#messages.length = Math.min(this.#messages.length, windowKeep);
    this.#to = this.#messages[this.#messages.length - 1]?.seq ?? this.#to;
  }

  // ---- what views ask for ----

  async #openNewest(): Promise<void> {
    const turn = ++this.#turn;
    const { conv } = this;
    if (conv.presence() === "unbegun") {
      this.#show({ from: 0, to: Number.POSITIVE_INFINITY, messages: [] });
      return;
    }
    if (conv.tail.length > 0 || conv.tailFrom <= 1) {
      const messages = [...conv.tail];
      this.#show({ from: conv.tailFrom, to: Number.POSITIVE_INFINITY, messages });
      await this.#fill(turn);
      return;
    }
    this.#status = "loading";
    this.#failure = undefined;
    this.#older = undefined;
    this.#newer = undefined;
    this.touched();
    try {
      await this.context.history.newest(conv, (pages) => {
        if (turn === this.#turn && !this.#closed) this.#show(pages);
      });
      await this.#fill(turn);
    } catch (e) {
      this.#fail(turn, e);
    }
  }

  // What is here of the newest may be little: not enough for a screen.
  async #fill(turn: number): Promise<void> {
    let from = Number.POSITIVE_INFINITY;
    while (turn === this.#turn && !this.#closed && this.#messages.length < 50) {
      if (this.#from <= 1 || this.#from >= from) return;
      from = this.#from;
      await this.loadOlder();
    }
  }

  #show(pages: Pages): void {
    this.#messages = pages.messages;
    this.#from = pages.from;
    this.#to = pages.to;
    this.#status = "ready";
    this.#failure = undefined;
    this.context.arrived(this.conv, pages.messages);
    this.touched();
    this.context.pulse.mark(this.conv);
  }

  #fail(turn: number, e: unknown): void {
    if (turn !== this.#turn || this.#closed) return;
    const error = asApiError(e);
    if (error.code === "stale") return; // reset() has begun anew
    this.#failure = error;
    this.#status = "failed";
    this.touched();
  }

  loadOlder(): Promise<void> {
    if (this.#status !== "ready" || this.#from <= 1) return Promise.resolve();
    const before = this.#from;
    this.#older ??= this.#extend((turn) =>
      this.context.history.older(this.conv, before, (pages) => {
        // The window may have moved meanwhile.
        if (turn !== this.#turn || this.#from !== before) return;
        this.#messages = [...pages.messages, ...this.#messages];
        this.#from = pages.from;
        this.context.arrived(this.conv, pages.messages);
        if (this.#messages.length > windowMax) this.#dropNewest();
      }),
    ).finally(() => {
      this.#older = undefined;
      this.publish();
    });
    this.touched();
    return this.#older;
  }

  loadNewer(): Promise<void> {
    if (this.#status !== "ready" || this.#live) return Promise.resolve();
    const after = this.#to;
    this.#newer ??= this.#extend((turn) =>
      this.context.history.newer(this.conv, after, (pages) => {
        if (turn !== this.#turn || this.#to !== after) return;
        for (const m of pages.messages) insert(this.#messages, m);
        this.#to = pages.to;
        this.context.arrived(this.conv, pages.messages);
        if (this.#messages.length > windowMax) {
          this.#messages = this.#messages.slice(-windowKeep);
          this.#from = this.#messages[0]?.seq ?? this.#from;
        }
      }),
    ).finally(() => {
      this.#newer = undefined;
      this.publish();
    });
    this.touched();
    return this.#newer;
  }

  async #extend(read: (turn: number) => Promise<void>): Promise<void> {
    const turn = this.#turn;
    try {
      await read(turn);
      if (turn === this.#turn) this.#failure = undefined;
    } catch (e) {
      // What is there stays; the view may ask again.
      if (turn === this.#turn && asApiError(e).code !== "stale") this.#failure = asApiError(e);
    }
  }

  async jumpTo(seq: number): Promise<string | undefined> {
    if (this.#status !== "ready" || seq < this.#from || seq > this.#to) {
      const turn = ++this.#turn;
      this.#status = "loading";
      this.touched();
      try {
        await this.context.history.around(this.conv, seq, (pages) => {
          if (turn === this.#turn && !this.#closed) this.#show(pages);
        });
        if (turn !== this.#turn || this.#closed) return undefined;
        this.context.pulse.flush();
      } catch (e) {
        this.#fail(turn, e);
        return undefined;
      }
    }
    const at = placeOf(this.#messages, seq);
    return (this.#messages[at] ?? this.#messages[at - 1])?.key;
  }

  async jumpToNewest(): Promise<void> {
    if (this.#live && this.#status === "ready") return;
    await this.#openNewest();
  }

  setAtEnd(visible: boolean): void {
    this.#atEnd = visible;
    if (visible && this.#live && this.#status === "ready") this.context.seen(this.conv);
  }

  async retry(): Promise<void> {
    if (this.#status === "failed") await this.#openNewest();
  }

  placeUnreadLine(): void {
    const { news } = this.conv;
    this.#unreadAfter = news.count > 0 ? news.floor : undefined;
    this.touched();
  }

  close(): void {
    this.#closed = true;
    this.conv.followers.delete(this);
    this.context.closed(this);
  }

  /** The page got the focus: what is at the end has been seen now. */
  look(): void {
    this.setAtEnd(this.#atEnd);
  }
}
