import { createSignal, type Setter, untrack } from "solid-js";
import type { Http } from "../link/http";
import { oneUser, users as usersBody } from "../wire/bodies";
import type { User, UserListing } from "../wire/objects";
import { searchText } from "./match";
import type { Persist } from "./persist";
import type { Page, Users } from "./types";

interface Entry {
  readonly id: string;
  user: () => User | undefined;
  setUser: Setter<User | undefined>;
  /** A user name from an event, before the user is known. */
  hint: () => string;
  setHint: Setter<string>;
  online: () => boolean;
  setOnline: Setter<boolean>;
  asked: boolean;
}

const parallel = 3;

/** All users that were heard of. */
export class Directory implements Users {
  #entries = new Map<string, Entry>();
  #queue: Entry[] = [];
  #running = 0;
  #changedOnline: Set<string> | undefined;
  #generation = 0;

  constructor(
    private readonly http: Http,
    private readonly persist: Persist,
  ) {}

  #of(id: string): Entry {
    let entry = this.#entries.get(id);
    if (!entry) {
      const [user, setUser] = createSignal<User>();
      const [hint, setHint] = createSignal("");
      const [online, setOnline] = createSignal(false);
      entry = { id, user, setUser, hint, setHint, online, setOnline, asked: false };
      this.#entries.set(id, entry);
    }
    return entry;
  }

  get(id: string): User | undefined {
    const entry = this.#of(id);
    if (!entry.user()) this.#ask(entry);
    return entry.user();
  }

  name(id: string): string {
    const user = this.get(id);
    return user?.display_name || user?.username || this.#of(id).hint();
  }

  online(id: string): boolean {
    return this.#of(id).online();
  }

  /** The name without following it, and without asking for it. */
  nameNow(id: string): string {
    const entry = this.#entries.get(id);
    if (!entry) return "";
    return untrack(() => entry.user()?.display_name || entry.user()?.username || entry.hint());
  }

  onlineNow(id: string): boolean {
    return untrack(() => this.#entries.get(id)?.online() ?? false);
  }

  /** Takes in a user; e-mail addresses of others are of no interest. */
  /** Takes what is known of a user; what comes out of the store need not be put back there. */
  put(user: User, keep = true): void {
    const entry = this.#of(user.id);
    entry.asked = true;
    const now = untrack(entry.user);
    if (now && same(now, user)) return;
    entry.setUser(user);
    if (keep) this.persist.user({ ...user, email: "" });
  }

  hint(id: string, username: string): void {
    if (username !== "") this.#of(id).setHint(username);
  }

  setOnline(id: string, online: boolean): void {
    this.#changedOnline?.add(id);
    this.#of(id).setOnline(online);
  }

  /** All that are known, without following changes. */
  known(): User[] {
    return untrack(() =>
      [...this.#entries.values()].map((e) => e.user()).filter((u) => u !== undefined),
    );
  }

  clear(): void {
    this.#generation++;
    this.#queue = [];
    for (const entry of this.#entries.values()) {
      entry.setUser(undefined);
      entry.setHint("");
      entry.setOnline(false);
      entry.asked = false;
    }
  }

  #ask(entry: Entry): void {
    if (entry.asked) return;
    entry.asked = true;
    this.#queue.push(entry);
    queueMicrotask(() => this.#next());
  }

  #next(): void {
    while (this.#running < parallel) {
      const entry = this.#queue.shift();
      if (!entry) return;
      if (entry.user()) continue;
      const generation = this.#generation;
      this.#running++;
      this.http
        .get(`/users/${entry.id}`, oneUser)
        .then((body) => {
          if (generation !== this.#generation) return;
          this.put(body.user);
          this.setOnline(entry.id, body.online);
        })
        .catch(() => {
          // Asked again after the next connection.
          if (generation === this.#generation) entry.asked = false;
        })
        .finally(() => {
          this.#running--;
          this.#next();
        });
    }
  }

  async search(query: string, limit = 50, offset = 0): Promise<Page<UserListing>> {
    const body = await this.http.get("/users", usersBody, {
      query: { search: query, limit, offset },
    });
    for (const one of body.users) {
      this.put(one.user);
      this.setOnline(one.user.id, one.online);
    }
    return { items: body.users, hasMore: body.has_more, total: body.total_count };
  }

  /** Finds among those that are known. */
  find(query: string, limit: number): User[] {
    return searchText(this.known(), query, limit, (u) => [u.username, u.display_name ?? ""]);
  }

  /** Reads who is online. What events say meanwhile wins. */
  async refreshOnline(): Promise<void> {
    const generation = this.#generation;
    const changed = new Set<string>();
    this.#changedOnline = changed;
    const online = new Set<string>();
    for (let offset = 0; offset < 1_000; offset += 100) {
      const body = await this.http.get("/users", usersBody, {
        query: { online_only: true, limit: 100, offset },
      });
      if (generation !== this.#generation) return;
      for (const one of body.users) {
        online.add(one.user.id);
        this.put(one.user);
      }
      if (!body.has_more) break;
    }
    if (this.#changedOnline === changed) this.#changedOnline = undefined;
    for (const id of online) this.#of(id);
    for (const entry of this.#entries.values()) {
      if (!changed.has(entry.id)) entry.setOnline(online.has(entry.id));
    }
  }

  /** Reads the first users by name: in a small system that is everybody. */
  async prefetch(): Promise<void> {
    for (let offset = 0; offset < 300; offset += 100) {
      const page = await this.search("", 100, offset);
      if (!page.hasMore) return;
    }
  }
}

const same = (a: User, b: User): boolean =>
  a.username === b.username &&
  a.display_name === b.display_name &&
  a.role === b.role &&
  (a.email === b.email || b.email === "");
