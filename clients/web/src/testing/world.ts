import type { Environment } from "../link/environment";
import { createModel } from "../model";
import type { Conv } from "../model/conversation";
import { MemoryStore } from "../model/store/memory";
import type { LocalStore, Write } from "../model/store/store";
import type { Tabs } from "../model/tabs";
import type { Model, Row, Timeline } from "../model/types";
import { FakeClock } from "./clock";
import { FakeServer } from "./server";

/** What a test says about the page. */
export class FakeEnvironment implements Environment {
  isOnline = true;
  isVisible = true;
  isFocused = true;
  #listeners = new Set<() => void>();
  online = () => this.isOnline;
  visible = () => this.isVisible;
  focused = () => this.isFocused;
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  change(change: Partial<Pick<FakeEnvironment, "isOnline" | "isVisible" | "isFocused">>): void {
    Object.assign(this, change);
    for (const listener of this.#listeners) listener();
  }
}

/** Channels of several tabs, that hear each other. */
export class FakeTabs {
  #listeners = new Map<object, (message: never) => void>();
  tab(): Tabs {
    const key = {};
    return {
      post: (message) => {
        for (const [other, listen] of this.#listeners) {
          if (other !== key) queueMicrotask(() => listen(structuredClone(message) as never));
        }
      },
      listen: (listener) => this.#listeners.set(key, listener as (message: never) => void),
      close: () => this.#listeners.delete(key),
    };
  }
}

/** What a page writes to, until the page is gone without a word. */
class PageStore implements LocalStore {
  #cut = false;
  constructor(private readonly store: LocalStore) {}
  cut(): void {
    this.#cut = true;
  }
  async write(change: Write): Promise<void> {
    if (!this.#cut) await this.store.write(change);
  }
  async prune(id: string, keep: number): Promise<void> {
    if (!this.#cut) await this.store.prune(id, keep);
  }
  async wipe(): Promise<void> {
    if (!this.#cut) await this.store.wipe();
  }
  open = (userId: string) => this.store.open(userId);
  before = (id: string, seq: number, limit: number) => this.store.before(id, seq, limit);
  after = (id: string, seq: number, limit: number) => this.store.after(id, seq, limit);
  peek = () => this.store.peek();
  close = () => this.store.close();
}

/** A server with a user "me" and others, and a browser. */
export class World {
  readonly clock = new FakeClock();
  readonly server = new FakeServer(this.clock);
  readonly tabs = new FakeTabs();
  readonly me = this.server.user("me");
  readonly bob = this.server.user("bob");
  environment = new FakeEnvironment();
  store: LocalStore = new MemoryStore();
  #pages: { readonly model: Model; readonly store: PageStore }[] = [];

  constructor() {
    this.server.cookie = this.me;
  }

  /** A new tab, or the page after a reload if the one before was stopped. */
  page(): Model {
    this.environment = new FakeEnvironment();
    const store = new PageStore(this.store);
    const model = createModel({
      clock: this.clock,
      environment: this.environment,
      fetch: this.server.fetch,
      socket: this.server.dial,
      store,
      tabs: this.tabs.tab(),
      schedule: (run) => queueMicrotask(run),
    });
    this.#pages.push({ model, store });
    return model;
  }

  async start(): Promise<Model> {
    const model = this.page();
    model.start();
    await this.clock.advance(2_000);
    return model;
  }

  /** Closes all pages, which write a last time. */
  async stop(): Promise<void> {
    for (const { model } of this.#pages.splice(0)) model.stop();
    await this.clock.advance(0);
  }

  /** Ends the pages as a crash does, and opens one with what was stored by then. */
  async reload(): Promise<Model> {
    for (const { store } of this.#pages) store.cut();
    await this.stop();
    return this.start();
  }
}

export const texts = (timeline: Timeline): string[] => contents(timeline.rows());

export function contents(rows: readonly Row[]): string[] {
  const out: string[] = [];
  for (const row of rows) if (row.kind === "message") out.push(row.message().content);
  return out;
}

export function conv(model: Model, id: string): Conv {
  const found = model.conversations.get(id);
  if (!found) throw new Error(`no conversation ${id}`);
  return found as Conv;
}
