import { MemoryStore } from "./memory";
import type { LocalStore, Snapshot, Stretch, Write } from "./store";

/**
 * A store that goes on in memory when the browser refuses: in private windows, when the disk is
 * full, or when the data was taken away. What it knew is then read from the server again.
 */
export class DegradingStore implements LocalStore {
  #store: LocalStore;
  #user = "";
  #failed = false;

  constructor(
    store: LocalStore,
    private readonly onFailure: (error: unknown) => void,
  ) {
    this.#store = store;
  }

  async #try<T>(run: (store: LocalStore) => Promise<T>): Promise<T> {
    const store = this.#store;
    try {
      return await run(store);
    } catch (e) {
      if (this.#failed && store === this.#store) throw e;
      await this.#degrade(e);
      return run(this.#store);
    }
  }

  async #degrade(error: unknown): Promise<void> {
    if (this.#failed) return;
    this.#failed = true;
    this.#store.close();
    this.#store = new MemoryStore();
    if (this.#user) await this.#store.open(this.#user);
    this.onFailure(error);
  }

  open(userId: string): Promise<Snapshot> {
    this.#user = userId;
    return this.#try((s) => s.open(userId));
  }
  write(change: Write): Promise<void> {
    return this.#try((s) => s.write(change));
  }
  before(id: string, seq: number, limit: number): Promise<Stretch | undefined> {
    return this.#try((s) => s.before(id, seq, limit));
  }
  after(id: string, seq: number, limit: number): Promise<Stretch | undefined> {
    return this.#try((s) => s.after(id, seq, limit));
  }
  prune(id: string, keep: number): Promise<void> {
    return this.#try((s) => s.prune(id, keep));
  }
  wipe(): Promise<void> {
    this.#user = "";
    return this.#try((s) => s.wipe());
  }
  peek(): Promise<Readonly<Record<string, unknown>>> {
    return this.#try((s) => s.peek());
  }
  close(): void {
    this.#store.close();
  }
}
