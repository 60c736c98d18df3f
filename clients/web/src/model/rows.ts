import { createSignal, type Setter } from "solid-js";
import type { Message, MessageRow, Row } from "./types";

interface Live {
  readonly row: MessageRow;
  message: Message;
  continued: boolean;
  readonly setMessage: Setter<Message>;
  readonly setContinued: Setter<boolean>;
  used: number;
}

// Messages of one author that are closer than this are one block.
const together = 5 * 60_000;

/** Makes rows of messages; rows of what was there before stay the same objects. */
export class Rows {
  #live = new Map<string, Live>();
  #lines = new Map<string, Row>();
  #turn = 0;
  #dayStart = 0;
  #dayEnd = 0;

  make(messages: Iterable<Message>, atStart: boolean, unreadAfter: number | undefined): Row[] {
    this.#turn++;
    const rows: Row[] = [];
    if (atStart) rows.push(this.#line("start", () => ({ kind: "start", key: "start" })));
    let before: Message | undefined;
    let day = -1;
    let lineDue = unreadAfter !== undefined;
    for (const m of messages) {
      let apart = false;
      const today = this.#dayOf(m.createdAt);
      if (today !== day) {
        day = today;
        apart = true;
        const key = `day:${day}`;
        rows.push(this.#line(key, () => ({ kind: "day", key, day: today })));
      }
      if (lineDue && !m.own && m.seq > (unreadAfter ?? 0)) {
        lineDue = false;
        apart = true;
        rows.push(this.#line("unread", () => ({ kind: "unread", key: "unread" })));
      }
      const continued =
        !apart &&
        before !== undefined &&
        before.author === m.author &&
        m.createdAt - before.createdAt < together;
      rows.push(this.#row(m, continued));
      before = m;
    }
    if (this.#live.size > 2 * rows.length + 100) {
      for (const [key, live] of this.#live) if (live.used !== this.#turn) this.#live.delete(key);
    }
    return rows;
  }

  #row(m: Message, continued: boolean): MessageRow {
    let live = this.#live.get(m.key);
    if (!live) {
      const [message, setMessage] = createSignal(m);
      const [isContinued, setContinued] = createSignal(continued);
      const row: MessageRow = { kind: "message", key: m.key, message, continued: isContinued };
      live = { row, message: m, continued, setMessage, setContinued, used: 0 };
      this.#live.set(m.key, live);
    }
    if (live.message !== m) {
      live.message = m;
      live.setMessage(m);
    }
    if (live.continued !== continued) {
      live.continued = continued;
      live.setContinued(continued);
    }
    live.used = this.#turn;
    return live.row;
  }

  #line(key: string, make: () => Row): Row {
    let row = this.#lines.get(key);
    if (!row) {
      row = make();
      this.#lines.set(key, row);
    }
    return row;
  }

  /** Midnight before a time, in local time; messages in a row share it. */
  #dayOf(at: number): number {
    if (at < this.#dayStart || at >= this.#dayEnd) {
      const date = new Date(at);
      date.setHours(0, 0, 0, 0);
      this.#dayStart = date.getTime();
      date.setDate(date.getDate() + 1);
      this.#dayEnd = date.getTime();
    }
    return this.#dayStart;
  }
}
