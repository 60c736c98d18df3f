import { type Command, hello } from "../wire/commands";
import {
  type Answer,
  authenticateBody,
  type DurableEvent,
  type Frame,
  type PassingEvent,
  type ResumeBody,
  resumeBody,
  type WireError,
} from "../wire/frames";
import type { LoginSession, User } from "../wire/objects";
import { bad } from "../wire/shape";
import { Backoff } from "./backoff";
import type { Clock } from "./clock";
import { endCode, ending } from "./closing";
import { Connection, type Socket } from "./connection";
import type { Environment } from "./environment";
import { ApiError, asApiError, isLoginGone } from "./error";

export type LinkState =
  | { readonly kind: "idle" }
  | { readonly kind: "connecting"; readonly attempt: number }
  | { readonly kind: "waiting"; readonly retryAt: number; readonly code: string }
  | { readonly kind: "live" }
  | { readonly kind: "outdated" };

export interface Positions {
  readonly positions: Readonly<Record<string, number>>;
  readonly user_seq?: number;
}

export type EventFrame =
  | DurableEvent
  | PassingEvent
  | { readonly type: "reset"; readonly conversation?: string | undefined; readonly seq: number };

export interface LinkOptions {
  readonly open: () => Socket;
  readonly clock: Clock;
  readonly environment: Environment;
  readonly clientName: string;
  /** What the model has; asked for when it is about to resume. */
  readonly positions: () => Positions;
  /** False if this is somebody else than expected: the link stops. */
  readonly onAuthenticated: (user: User, session: LoginSession) => boolean;
  /** One part of the answer to resume. */
  readonly onResumed: (part: ResumeBody) => void;
  readonly onEvent: (frame: EventFrame) => void;
  readonly onState: (state: LinkState) => void;
  /** The login is over, as far as the socket knows. The link has stopped. */
  readonly onLoginGone: (why: "expired" | "revoked" | "refused") => void;
}

const resumeId = "resume";
const handshake = 15_000;
const resuming = 30_000;
const pingEvery = 30_000;
const pongWithin = 10_000;
const probeWithin = 4_000;
// How long a connection has to live before pauses begin small again.
const steady = 10_000;

/** Keeps a connection that has resumed, for as long as it is started. */
export class Link {
  #state: LinkState = { kind: "idle" };
  #now: Connection | undefined;
  #backoff: Backoff;
  #attempt = 0;
  #earliest = 0;
  #asked = 0;
  #timers = new Map<string, () => void>();
  #unwatch: (() => void) | undefined;

  constructor(private readonly options: LinkOptions) {
    this.#backoff = new Backoff(options.clock);
  }

  get live(): boolean {
    return this.#state.kind === "live";
  }

  start(): void {
    if (this.#state.kind !== "idle") return;
    this.#attempt = 0;
    this.#backoff.reset();
    this.#unwatch = this.options.environment.watch(() => this.#wake());
    this.#dial();
  }

  stop(): void {
    this.#unwatch?.();
    this.#clear();
    const connection = this.#now;
    this.#now = undefined;
    connection?.give("stopped");
    this.#become({ kind: "idle" });
  }

  /** Connects and resumes again: events were lost, or the user is impatient. */
  heal(code: "hole" | "moved"): void {
    this.#now?.give(code);
  }

  /** Does not wait for the next attempt any longer. */
  hurry(): void {
    if (this.#state.kind === "waiting") this.#dial();
    else this.#probe(probeWithin);
  }

  /** Asks while it is live; rejects with "lost" or "timeout" if there is no answer. */
  ask(make: (id: string) => Command, deadline: number): Promise<Answer> {
    const connection = this.#now;
    if (!connection || !this.live) {
      return Promise.reject(new ApiError("lost", "the connection is lost"));
    }
    return connection.ask(make, deadline);
  }

  /** Says what is worth nothing later. */
  say(command: Command): void {
    if (this.live) this.#now?.say(command);
  }

  #become(state: LinkState): void {
    this.#state = state;
    this.options.onState(state);
  }

  #after(name: string, ms: number, run: () => void): void {
    this.#timers.get(name)?.();
    this.#timers.set(
      name,
      this.options.clock.after(ms, () => {
        this.#timers.delete(name);
        run();
      }),
    );
  }

  #clear(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  #dial(): void {
    this.#clear();
    this.#attempt++;
    this.#become({ kind: "connecting", attempt: this.#attempt });
    let socket: Socket;
    try {
      socket = this.options.open();
    } catch {
      this.#wait("lost", 0, true);
      return;
    }
    const connection: Connection = new Connection(socket, this.options.clock, {
      open: () => void this.#shake(connection),
      frame: (frame) => this.#frame(connection, frame),
      end: (close, error) => this.#ended(connection, close, error),
    });
    this.#now = connection;
    this.#after("handshake", handshake, () => connection.give("lost"));
  }

  async #shake(connection: Connection): Promise<void> {
    connection.say(hello(this.options.clientName));
    try {
      const answer = await connection.ask(
        (id) => ({ type: "authenticate", request_id: id }),
        handshake,
      );
      const body = authenticateBody(answer.body);
      if (body === bad) return connection.give("lost");
      if (this.#now !== connection) return;
      if (!this.options.onAuthenticated(body.user, body.session)) return this.stop();
      if (this.#now !== connection) return;
      this.#after("handshake", resuming, () => connection.give("lost"));
      // Its answer is taken in as a frame, in order with the events behind it.
      connection.say({ type: "resume", request_id: resumeId, ...this.options.positions() });
    } catch (e) {
      this.#refused(connection, asApiError(e));
    }
  }

  #refused(connection: Connection, error: ApiError): void {
    if (this.#now !== connection) return;
    if (isLoginGone(error.code)) {
      this.stop();
      this.options.onLoginGone("refused");
      return;
    }
    this.#earliest = this.options.clock.now() + (error.retryAfter ?? 0) * 1000;
    connection.give(error.code);
  }

  #resumed(connection: Connection, answer: Answer): void {
    if (this.#now !== connection) return;
    const part = resumeBody(answer.body);
    if (part === bad) return connection.give("lost");
    this.options.onResumed(part);
    if (part.more || this.#now !== connection) return;
    this.#clear();
    this.#become({ kind: "live" });
    this.#after("steady", steady, () => {
      this.#attempt = 0;
      this.#backoff.reset();
    });
    this.#pingLater(connection);
  }

  #frame(connection: Connection, frame: Frame): void {
    if (this.#now !== connection) return;
    switch (frame.type) {
      case "answer":
        if (frame.command !== "resume") return;
        if (frame.error) this.#refused(connection, refusal(frame.error));
        else this.#resumed(connection, frame);
        return;
      case "reconnect":
        this.#after("move", Math.min(frame.after_ms, 600_000), () => this.heal("moved"));
        return;
      case "server_hello":
        if (!frame.version.startsWith("1.")) this.#outdated();
        return;
      case "error":
        if (frame.request_id === resumeId) this.#refused(connection, refusal(frame));
        return;
      case "pong":
      case "ignored":
        return;
      default:
        this.options.onEvent(frame);
    }
  }

  #pingLater(connection: Connection): void {
    this.#after("ping", pingEvery, () => {
      this.#probe(pongWithin);
      this.#pingLater(connection);
    });
  }

  // Asks for a sign of life. A timer that was asleep with the machine comes late, but it comes.
  #probe(within: number): void {
    const connection = this.#now;
    if (!connection || !this.live) return;
    // A probe that is still without an answer goes on.
    if (this.#timers.has("pong") && connection.heard < this.#asked) return;
    this.#asked = this.options.clock.now();
    if (!connection.say({ type: "ping" })) return;
    this.#after("pong", within, () => {
      if (connection.heard < this.#asked) connection.give("lost");
    });
  }

  #wake(): void {
    const { environment } = this.options;
    if (this.#state.kind === "live") {
      this.#probe(probeWithin);
    } else if (this.#state.kind === "waiting" && environment.online() && environment.visible()) {
      const left = this.#earliest - this.options.clock.now();
      // A little chance even here: an office whose network comes back comes back at once.
      if (left <= 0) this.#after("dial", this.options.clock.random() * 300, () => this.#dial());
    }
  }

  #outdated(): void {
    this.stop();
    this.#become({ kind: "outdated" });
  }

  #ended(connection: Connection, close: number, error: string | undefined): void {
    if (this.#now !== connection) return;
    this.#now = undefined;
    const code = endCode(close, error);
    const next = ending(code, close);
    if (next.kind === "outdated") return this.#outdated();
    if (next.kind === "login") {
      this.stop();
      this.options.onLoginGone(next.why);
      return;
    }
    this.#wait(code, next.least, next.backoff);
  }

  #wait(code: string, least: number, backoff: boolean): void {
    this.#clear();
    const { clock } = this.options;
    // A gateway that asks us to move and then is not there is no reason to hammer.
    const quick = !backoff && this.#attempt <= 1;
    const now = clock.now();
    const floor = Math.max(least, this.#earliest - now, 0);
    const pause = quick ? floor : this.#backoff.next(floor);
    this.#earliest = now + floor;
    if (pause === 0) return this.#dial();
    this.#become({ kind: "waiting", retryAt: now + pause, code });
    this.#after("dial", pause, () => this.#dial());
  }
}

const refusal = (e: WireError) => new ApiError(e.code, e.message, 0, e.retry_after);
