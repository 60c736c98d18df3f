import type { Command } from "../wire/commands";
import { type Answer, decodeFrame, type Frame } from "../wire/frames";
import { bad } from "../wire/shape";
import type { Clock } from "./clock";
import { ApiError, timedOut } from "./error";

/** The part of a WebSocket that is needed. */
export interface Socket {
  send(text: string): void;
  close(): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  onerror: (() => void) | null;
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: ApiError) => void;
  readonly cancel: () => void;
}

export interface ConnectionHandlers {
  open(): void;
  /** Every frame but answers that somebody waits for. */
  frame(frame: Frame): void;
  /** Once; close is 0 if this side gave up. */
  end(close: number, lastError: string | undefined): void;
}

/** One connection, from dialling to its end: frames, answers and their deadlines. */
export class Connection {
  #waiting = new Map<string, Waiting>();
  #last = 0;
  #lastError: string | undefined;
  #ended = false;
  /** When something was heard last. */
  heard: number;

  constructor(
    private readonly socket: Socket,
    private readonly clock: Clock,
    private readonly handlers: ConnectionHandlers,
  ) {
    this.heard = clock.now();
    socket.onopen = () => {
      this.heard = clock.now();
      handlers.open();
    };
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onclose = (event) => this.#end(event.code);
    socket.onerror = () => {}; // a close follows
  }

  /** False if it could not be written. */
  say(command: Command): boolean {
    if (this.#ended) return false;
    try {
      this.socket.send(JSON.stringify(command));
      return true;
    } catch {
      this.give("lost");
      return false;
    }
  }

  /** Says a command and waits for its answer; a refusal rejects with its code. */
  ask(make: (id: string) => Command, deadline: number): Promise<Answer> {
    const id = String(++this.#last);
    return new Promise((resolve, reject) => {
      const cancel = this.clock.after(deadline, () => {
        this.#waiting.delete(id);
        reject(timedOut());
      });
      this.#waiting.set(id, { resolve, reject, cancel });
      if (!this.say(make(id))) {
        if (this.#waiting.delete(id)) {
          cancel();
          reject(new ApiError("lost", "the connection is lost"));
        }
      }
    });
  }

  /** Ends it from this side, without waiting for the other one, which may be gone. */
  give(code: string): void {
    if (this.#ended) return;
    this.#lastError = code;
    this.#end(0);
    this.socket.close();
  }

  #receive(data: unknown): void {
    if (this.#ended || typeof data !== "string") return;
    this.heard = this.clock.now();
    const frame = decodeFrame(data);
    if (frame === bad) {
      // Without a place in a sequence nothing is missed by leaving it out.
      console.warn("a frame makes no sense and is left out", data.slice(0, 200));
      return;
    }
    if (frame.type === "answer" || frame.type === "error") {
      const waiting = this.#waiting.get(frame.request_id ?? "");
      const error = frame.type === "error" ? frame : frame.error;
      if (waiting) {
        // An answer to resume may have more parts, which come to handlers.frame.
        this.#waiting.delete(frame.request_id ?? "");
        waiting.cancel();
        if (error) waiting.reject(new ApiError(error.code, error.message, 0, error.retry_after));
        else if (frame.type === "answer") waiting.resolve(frame);
        return;
      }
      if (frame.type === "error") this.#lastError = frame.code;
    }
    this.handlers.frame(frame);
  }

  #end(close: number): void {
    if (this.#ended) return;
    this.#ended = true;
    this.socket.onopen = this.socket.onmessage = this.socket.onclose = null;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const w of waiting) {
      w.cancel();
      w.reject(new ApiError("lost", "the connection is lost"));
    }
    this.handlers.end(close, this.#lastError);
  }
}

export function browserSocket(): Socket {
  const url = new URL("/ws", location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  return new WebSocket(url) as unknown as Socket;
}
