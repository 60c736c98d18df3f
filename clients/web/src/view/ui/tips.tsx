import { createSignal, type JSX, onCleanup, onMount } from "solid-js";
import { place } from "../lib/place";
import css from "./popover.module.css";

const DELAY = 450;

/**
 * The one tooltip of the page, for whatever has data-tip. It repeats the accessible name,
 * so it is hidden from screen readers. It shows on hover after a moment, on keyboard focus
 * at once, and Escape takes it away.
 */
export function Tips(): JSX.Element {
  let el!: HTMLDivElement;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const [text, setText] = createSignal("");
  const hide = () => {
    clearTimeout(timer);
    if (el.matches(":popover-open")) el.hidePopover();
  };
  const show = (target: Element) => {
    setText(target.getAttribute("data-tip") ?? "");
    if (!target.isConnected || target.getAttribute("aria-expanded") === "true") return;
    el.showPopover();
    place(el, target.getBoundingClientRect(), "above");
  };
  const target = (e: Event) =>
    e.target instanceof Element ? e.target.closest("[data-tip]") : null;
  const over = (e: PointerEvent) => {
    hide();
    const at = target(e);
    if (at && e.pointerType === "mouse") timer = setTimeout(() => show(at), DELAY);
  };
  const focus = (e: FocusEvent) => {
    const at = target(e);
    if (at?.matches(":focus-visible")) show(at);
  };
  onMount(() => {
    const off = new AbortController();
    const { signal } = off;
    document.addEventListener("pointerover", over, { signal });
    document.addEventListener("pointerdown", hide, { signal });
    document.addEventListener("focusin", focus, { signal });
    document.addEventListener("focusout", hide, { signal });
    document.addEventListener("scroll", hide, { signal, capture: true, passive: true });
    document.addEventListener("keydown", (e) => e.key === "Escape" && hide(), { signal });
    onCleanup(() => off.abort());
  });
  return (
    <div ref={el} popover="manual" aria-hidden="true" class={css.tip}>
      {text()}
    </div>
  );
}
