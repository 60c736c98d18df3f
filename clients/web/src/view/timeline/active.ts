import { createSelector, createSignal } from "solid-js";
import type { Timeline } from "../../model";

/** The message that is being edited, by its key; the composer asks for it, too. */
export const [editing, setEditing] = createSignal<string>();

/**
 * The one message that the pointer or the focus is at: it shows its actions, and the Tab
 * key stops there. Arrows move from message to message.
 */
export class ActiveRow {
  readonly is: (key: string | undefined) => boolean;
  readonly stop: (key: string | undefined) => boolean;
  #hold = false;
  #set: (key: string | undefined) => void;
  #stop: () => string | undefined;
  #setStop: (key: string | undefined) => void;

  constructor(line: Timeline) {
    const [active, set] = createSignal<string>();
    const [stop, setStop] = createSignal<string>();
    this.is = createSelector(active);
    // Before anything was focused Tab stops at the newest message.
    const newest = () => {
      const rows = line.rows();
      for (let i = rows.length - 1; i >= 0; i--)
        if (rows[i]?.kind === "message") return rows[i]?.key;
      return undefined;
    };
    this.#stop = () => stop() ?? newest();
    this.stop = createSelector(this.#stop);
    this.#set = set;
    this.#setStop = setStop;
  }

  set(key: string | undefined): void {
    if (!this.#hold) this.#set(key);
    if (key) this.#setStop(key);
  }

  /** Keeps the actions while their menu is open. */
  hold(on: boolean): void {
    this.#hold = on;
  }

  over(e: PointerEvent): void {
    const key = keyOf(e.target);
    if (e.pointerType === "mouse" && key && !this.#hold) this.#set(key);
  }

  left(): void {
    if (!this.#hold) this.#set(keyOf(document.activeElement));
  }

  focus(e: FocusEvent): void {
    const key = keyOf(e.target);
    if (key) this.set(key);
  }

  key(e: KeyboardEvent, list: HTMLElement): void {
    const at =
      e.target instanceof HTMLElement && e.target.matches("[data-key]") ? e.target : undefined;
    if (!at || (e.key !== "ArrowUp" && e.key !== "ArrowDown")) return;
    const all = [...list.querySelectorAll<HTMLElement>("[data-key]")];
    const next = all[all.indexOf(at) + (e.key === "ArrowUp" ? -1 : 1)];
    if (!next) return;
    e.preventDefault();
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }
}

const keyOf = (target: unknown): string | undefined =>
  target instanceof Element
    ? (target.closest<HTMLElement>("[data-key]")?.dataset.key ?? undefined)
    : undefined;
