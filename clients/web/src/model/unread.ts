import type { Message } from "./types";

/** What stands for "that many or more". */
export const manyUnread = 1_000;

/**
 * Counts the messages of others behind the floor: the read mark, or where one joined. It knows the
 * messages themselves as far down as they were read; what may lie between them and the floor is
 * only a number that the server said.
 */
export class Unread {
  /** What is at or before it is read. */
  floor = 0;
  #known = new Map<string, { seq: number; mention: boolean }>();
  #mentions = 0;
  /** Messages that are only counted, not known. */
  #rest = 0;
  #restMentions = 0;
  /** False until it is known that nothing is missing. */
  exact = false;
  /** The floor is right, and so was the number when it was stored: only the messages are missing. */
  sound = false;

  get count(): number {
    return Math.min(manyUnread, this.#known.size + this.#rest);
  }

  get mentions(): number {
    return Math.min(manyUnread, this.#mentions + this.#restMentions);
  }

  /** How many of them are only counted. */
  get rest(): number {
    return this.#rest;
  }

  add(m: Message): void {
    if (m.seq <= this.floor || this.#known.has(m.id)) return;
    this.#known.set(m.id, { seq: m.seq, mention: m.mentionsMe });
    if (m.mentionsMe) this.#mentions++;
  }

  change(m: Message): void {
    const known = this.#known.get(m.id);
    if (!known || known.mention === m.mentionsMe) return;
    known.mention = m.mentionsMe;
    this.#mentions += m.mentionsMe ? 1 : -1;
  }

  remove(id: string): void {
    const known = this.#known.get(id);
    if (known) {
      this.#known.delete(id);
      if (known.mention) this.#mentions--;
    } else if (this.#rest > 0) {
      // It may have been one of those that are only counted.
      this.exact = false;
    }
  }

  /** The read mark went on, all is read if it is at `newest`. False if it was there already. */
  raise(seq: number, newest: number): boolean {
    if (seq <= this.floor) return false;
    this.floor = seq;
    let lowest = Number.POSITIVE_INFINITY;
    for (const [id, known] of this.#known) {
      if (known.seq <= seq) {
        this.#known.delete(id);
        if (known.mention) this.#mentions--;
        lowest = Math.min(lowest, known.seq);
      }
    }
    if (this.#rest > 0) {
      // What is only counted lies below what is known: it is read if some of that is.
      if (lowest < Number.POSITIVE_INFINITY || seq >= newest) this.settle();
      else this.exact = false;
    }
    return true;
  }

  /** All messages behind the floor are known now. */
  settle(): void {
    this.#rest = 0;
    this.#restMentions = 0;
    this.exact = true;
  }

  /** The server counted so many, and not all of them are known. */
  estimate(total: number): void {
    this.#rest = Math.max(0, total - this.#known.size);
    this.#restMentions = 0;
    this.exact = true;
  }

  /** One of those that were only counted so far is this one; the newest of them comes first. */
  fill(m: Message): void {
    if (this.#rest === 0 || m.seq <= this.floor || this.#known.has(m.id)) return;
    this.add(m);
    this.#rest--;
  }

  restore(floor: number, unread: number, mentions: number, exact: boolean): void {
    this.floor = floor;
    this.#rest = unread;
    this.#restMentions = mentions;
    this.sound = exact;
    this.exact = exact && unread === 0;
  }

  /** Nothing is known any more but the floor. */
  reset(): void {
    this.#known.clear();
    this.#mentions = 0;
    this.#rest = 0;
    this.#restMentions = 0;
    this.exact = false;
    this.sound = false;
  }
}
