import { type Accessor, createSignal } from "solid-js";
import { Backoff } from "../link/backoff";
import { type Clock, longest } from "../link/clock";
import { ApiError, asApiError, isLoginGone } from "../link/error";
import type { Http } from "../link/http";
import { loggedIn, me as meBody, nothing, refreshed } from "../wire/bodies";
import type { User } from "../wire/objects";
import type { LocalStore } from "./store/store";
import type { Tabs } from "./tabs";
import type { Session, SessionState } from "./types";

export type Why = "logout" | "expired" | "revoked" | "deleted";

export interface SessionContext {
  readonly clock: Clock;
  readonly http: Http;
  readonly store: LocalStore;
  readonly tabs: Tabs;
  /** Somebody is logged in: show what is stored of him, and connect. */
  readonly enter: (user: User) => Promise<void>;
  /** Nobody is; what is in memory goes. */
  readonly leave: () => Promise<void>;
  /** The server cannot be reached, and it is tried again then. */
  readonly onUnreachable: (retryAt: number | undefined) => void;
}

const warnWithin = 10 * 60_000;
const hour = 3_600_000;

/** Who is logged in. The token is in a cookie that no script can read. */
export class SessionModel implements Session {
  readonly state: Accessor<SessionState>;
  readonly expiring: Accessor<number | undefined>;
  readonly #set: (state: SessionState) => void;
  readonly #setExpiring: (at: number | undefined) => void;
  #expires = 0;
  #timer: (() => void) | undefined;
  #refreshing: Promise<void> | undefined;
  #backoff: Backoff;
  #turn = 0;
  #hurry: () => void = () => {};
  /** What the socket says that has become of the login, while it is asked about. */
  #suspected: Why | undefined;
  /** How one is ending the login oneself: the socket may tell of it before the answer does. */
  #ending: Why | undefined;

  constructor(private readonly context: SessionContext) {
    const [state, set] = createSignal<SessionState>({ kind: "starting" });
    const [expiring, setExpiring] = createSignal<number>();
    this.state = state;
    this.expiring = expiring;
    this.#set = set;
    this.#setExpiring = setExpiring;
    this.#backoff = new Backoff(context.clock, 2_000, 60_000);
  }

  readonly me = (): User | undefined => {
    const state = this.state();
    return state.kind === "in" ? state.user : undefined;
  };

  /** Finds out whether there is a login; who was logged in last counts unless it is known better. */
  async start(trusting = true): Promise<void> {
    const turn = ++this.#turn;
    this.#set({ kind: "starting" });
    const kept = await this.context.store.peek();
    if (turn !== this.#turn) return;
    const user = kept.me as User | undefined;
    if (trusting && user && kept.owner === user.id && !kept.ended) {
      // Shown at once; if the login is gone, the connection finds out.
      await this.#enter(user);
      return;
    }
    if (kept.loggingOut) await this.#finishLogout();
    await this.#look(turn);
  }

  async #look(turn: number): Promise<void> {
    const backoff = new Backoff(this.context.clock, 1_000, 15_000);
    while (turn === this.#turn) {
      try {
        const body = await this.context.http.get("/users/me", meBody);
        if (turn !== this.#turn) return;
        this.context.onUnreachable(undefined);
        await this.#enter(body.user);
        return;
      } catch (e) {
        if (turn !== this.#turn) return;
        const error = asApiError(e);
        if (error.status === 401) {
          this.context.onUnreachable(undefined);
          this.#set({ kind: "out" });
          return;
        }
        const pause = backoff.next((error.retryAfter ?? 0) * 1000);
        this.context.onUnreachable(this.context.clock.now() + pause);
        await new Promise<void>((done) => {
          this.#hurry = done;
          this.context.clock.after(pause, done);
        });
      }
    }
  }

  /** Asks at once whether there is a login, if the server could not be reached so far. */
  hurry(): void {
    this.#hurry();
  }

  async #enter(user: User): Promise<void> {
    const turn = ++this.#turn;
    await this.context.enter(user);
    if (turn !== this.#turn) return;
    this.#set({ kind: "in", user });
    await this.context.store.write({ meta: { me: user, ended: false, loggingOut: false } });
  }

  async register(username: string, email: string, password: string): Promise<void> {
    await this.#authenticate("/auth/register", { username, email, password });
  }

  async login(identifier: string, password: string): Promise<void> {
    await this.#authenticate("/auth/login", { identifier, password });
  }

  async #authenticate(path: string, body: object): Promise<void> {
    const answer = await this.context.http.post(path, loggedIn, { body, cookie: true });
    this.context.tabs.post({ t: "in", user: answer.user.id });
    await this.#enter(answer.user);
    this.expiresAt(Date.parse(answer.session.expires_at));
  }

  async logout(): Promise<void> {
    this.#ending = "logout";
    try {
      await this.#logout();
    } finally {
      this.#ending = undefined;
    }
  }

  async #logout(): Promise<void> {
    try {
      await this.context.http.post("/auth/logout", nothing);
    } catch (e) {
      // Without an answer the cookie is still there; it is ended with the next chance.
      const gone = isLoginGone(asApiError(e).code);
      await this.gone("logout");
      if (!gone) await this.context.store.write({ meta: { loggingOut: true } });
      return;
    }
    await this.gone("logout");
  }

  async #finishLogout(): Promise<void> {
    try {
      await this.context.http.post("/auth/logout", nothing);
    } catch (e) {
      if (!isLoginGone(asApiError(e).code)) return;
    }
    await this.context.store.write({ meta: { loggingOut: false } });
  }

  /** The login is over. What is stored is kept only for one who has to log in again. */
  async gone(said: Why, tell = true): Promise<void> {
    // What another tab says it knows better than the socket of this one.
    const why = this.#ending ?? (tell ? this.#suspected : undefined) ?? said;
    this.#turn++;
    this.#timer?.();
    this.#timer = undefined;
    this.#expires = 0;
    this.#setExpiring(undefined);
    this.#set({ kind: "out", why });
    if (tell) this.context.tabs.post({ t: "out", why });
    await this.context.leave();
    if (why === "logout" || why === "deleted") await this.context.store.wipe();
    else await this.context.store.write({ meta: { ended: true } });
  }

  /** Asks whether the login is really gone, as the socket says, before anything is thrown away. */
  async verify(why: Why): Promise<boolean> {
    this.#suspected = why;
    try {
      await this.context.http.get("/users/me", meBody);
      return true;
    } catch (e) {
      if (asApiError(e).status !== 401) return true;
      if (this.state().kind === "in") await this.gone(why);
      return false;
    } finally {
      this.#suspected = undefined;
    }
  }

  /** The user as the server says that he is now. */
  user(user: User): void {
    const state = this.state();
    if (state.kind !== "in" || state.user.id !== user.id) return;
    const email = user.email || state.user.email;
    this.#set({ kind: "in", user: { ...user, email } });
    void this.context.store.write({ meta: { me: { ...user, email } } });
  }

  /** When the login ends, as far as it is known. */
  expiresAt(at: number): void {
    if (Number.isNaN(at)) return;
    this.#expires = at;
    const left = at - this.context.clock.now();
    if (left > warnWithin) this.#setExpiring(undefined);
    // An hour before the end, or in the middle of a short life; tabs do it at different times.
    const jitter = this.context.clock.random() * Math.min(5 * 60_000, left / 10);
    this.#plan(Math.max(0, (left > 2 * hour ? left - hour : left / 2) - jitter));
  }

  #plan(ms: number): void {
    this.#timer?.();
    this.#timer = this.context.clock.after(Math.min(longest, ms), () => {
      this.#timer = undefined;
      this.refresh().catch(() => {});
    });
  }

  /** The page may have slept through the time to refresh. */
  wake(): void {
    if (this.#expires > 0 && this.#expires - this.context.clock.now() < hour / 2) {
      this.refresh().catch(() => {});
    }
  }

  /** The server warns. */
  endsSoon(at: number): void {
    if (at < this.#expires) return; // it was extended in between
    this.#expires = at;
    this.#setExpiring(at);
    this.refresh().catch(() => {});
  }

  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #refresh(): Promise<void> {
    try {
      const body = await this.context.http.post("/auth/refresh", refreshed, { cookie: true });
      this.#backoff.reset();
      const at = Date.parse(body.expires_at);
      this.context.tabs.post({ t: "refreshed", expires: at });
      const left = at - this.context.clock.now();
      if (left > warnWithin) {
        this.expiresAt(at);
      } else {
        // It cannot be extended any further: a login lasts thirty days at most.
        this.#expires = at;
        this.#setExpiring(at);
      }
    } catch (e) {
      const error = asApiError(e);
      if (isLoginGone(error.code)) return; // http has told so already
      if (this.#expires - this.context.clock.now() <= warnWithin) this.#setExpiring(this.#expires);
      this.#plan(this.#backoff.next((error.retryAfter ?? 0) * 1000));
      throw error;
    }
  }

  async changePassword(current: string, next: string): Promise<void> {
    const body = { current_password: current, new_password: next };
    await this.context.http.post("/auth/change-password", nothing, { body });
  }

  async resetPassword(token: string, next: string): Promise<void> {
    const body = { token, new_password: next };
    await this.context.http.post("/auth/reset-password", nothing, { body });
  }

  async updateProfile(change: { email?: string; displayName?: string }): Promise<void> {
    const body = { email: change.email, display_name: change.displayName };
    const answer = await this.context.http.patch("/users/me", meBody, { body });
    this.user(answer.user);
  }

  async deleteAccount(password: string): Promise<void> {
    if (this.state().kind !== "in") throw new ApiError("invalid_state", "not logged in");
    this.#ending = "deleted";
    try {
      await this.context.http.delete("/users/me", nothing, { body: { password } });
      await this.gone("deleted");
    } finally {
      this.#ending = undefined;
    }
  }

  stop(): void {
    this.#turn++;
    this.#timer?.();
  }
}
