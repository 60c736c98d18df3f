import type { Clock } from "../link/clock";
import { ApiError } from "../link/error";
import type { Http } from "../link/http";
import { nothing, oneMessage } from "../wire/bodies";
import type { Message } from "./types";

interface Change {
  readonly kind: "edit" | "delete";
  readonly content: string;
}

// The event that says that it was done follows the answer at once.
const patience = 10_000;

/** Edits and deletions on their way: shown at once, taken back if they are refused. */
export class Changes {
  #changes = new Map<string, Change>();

  constructor(
    private readonly http: Http,
    private readonly clock: Clock,
    private readonly touched: (conversation: string) => void,
  ) {}

  /** A message as it is to be shown. */
  overlay(m: Message): Message {
    const change = this.#changes.get(m.id);
    if (!change) return m;
    return change.kind === "edit"
      ? { ...m, content: change.content, changing: "edit" }
      : { ...m, changing: "delete" };
  }

  edit(m: Message, content: string): Promise<void> {
    return this.#run(m, { kind: "edit", content }, () =>
      this.http.patch(`/messages/${m.id}`, oneMessage, { body: { content } }),
    );
  }

  remove(m: Message): Promise<void> {
    return this.#run(m, { kind: "delete", content: "" }, () =>
      this.http.delete(`/messages/${m.id}`, nothing),
    );
  }

  async #run(m: Message, change: Change, ask: () => Promise<unknown>): Promise<void> {
    if (m.id === "") throw new ApiError("invalid_state", "the message is not stored yet");
    this.#changes.set(m.id, change);
    this.touched(m.conversation);
    const end = () => {
      if (this.#changes.get(m.id) !== change) return;
      this.#changes.delete(m.id);
      this.touched(m.conversation);
    };
    try {
      await ask();
      this.clock.after(patience, end);
    } catch (e) {
      end();
      throw e;
    }
  }

  /** The event has come: the message itself says it now. */
  done(id: string): void {
    this.#changes.delete(id);
  }

  clear(): void {
    this.#changes.clear();
  }
}
