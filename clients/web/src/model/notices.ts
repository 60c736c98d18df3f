import { type Accessor, createSignal } from "solid-js";
import type { Clock } from "../link/clock";
import type { Notice, Notices } from "./types";

const maxNotices = 20;

/** What the server and this client have to say to everybody. */
export class NoticeList implements Notices {
  readonly list: Accessor<readonly Notice[]>;
  #set: (change: (before: readonly Notice[]) => readonly Notice[]) => void;
  #last = 0;

  constructor(private readonly clock: Clock) {
    const [list, set] = createSignal<readonly Notice[]>([]);
    this.list = list;
    this.#set = set;
  }

  add(severity: string, text: string, code?: string): void {
    const known = severity === "warning" || severity === "critical" ? severity : "info";
    const notice: Notice = {
      id: String(++this.#last),
      severity: known,
      text,
      code,
      at: this.clock.now(),
    };
    // The same again, from several gateways or after a reconnect, is no news.
    this.#set((before) => [
      ...before.filter((n) => n.text !== text || n.code !== code).slice(-maxNotices),
      notice,
    ]);
  }

  dismiss(id: string): void {
    this.#set((before) => before.filter((n) => n.id !== id));
  }
}
