import type { Environment } from "../link/environment";
import { createModel } from "../model";
import type { Conv } from "../model/conversation";
import { MemoryStore } from "../model/store/memory";
import type { LocalStore } from "../model/store/store";
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

/** A server with a user "me" and others, and a browser. */
export class World {
  readonly clock = new FakeClock();
  readonly server = new FakeServer(this.clock);
  readonly tabs = new FakeTabs();
  readonly me = this.server.user("me");
  readonly bob = this.server.user("bob");
  environment = new FakeEnvironment();
  store: LocalStore = new MemoryStore();
  #models: Model[] = [];

  constructor() {
    this.server.cookie = this.me;
  }

  /** A new tab, or the page after a reload if the one before was stopped. */
  page(): Model {
    this.environment = new FakeEnvironment();
    const model = createModel({
      clock: this.clock,
      environment: this.environment,
      fetch: this.server.fetch,
      socket: this.server.dial,
      store: this.store,
      tabs: this.tabs.tab(),
      schedule: (run) => queueMicrotask(run),
    });
    this.#models.push(model);
    return model;
  }

  async start(): Promise<Model> {
    const model = this.page();
    model.start();
    await this.clock.advance(2_000);
    return model;
  }

  async stop(): Promise<void> {
    for (const model of this.#models.splice(0)) model.stop();
    await this.clock.advance(0);
  }

  /** Stops the page without a warning and opens it again with what was stored. */
  async reload(): Promise<Model> {
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
