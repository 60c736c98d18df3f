import { type JSX, onCleanup, onMount } from "solid-js";
import { cx } from "../lib/cx";
import { place, type Side } from "../lib/place";
import css from "./popover.module.css";

interface PopoverProps {
  anchor: HTMLElement | DOMRect;
  side: Side;
  label: string;
  role?: "menu" | "dialog";
  class?: string | undefined;
  onClose: () => void;
  onKeyDown?: (e: KeyboardEvent & { currentTarget: HTMLElement }) => void;
  children: JSX.Element;
}

/**
 * Something light beside its anchor, in the browser's top layer: Escape and a click
 * elsewhere close it. It is open as long as it is mounted.
 */
export function Popover(props: PopoverProps): JSX.Element {
  let el!: HTMLDivElement;
  let closing = false;
  const before = document.activeElement;
  onMount(() => {
    el.showPopover();
    const { anchor } = props;
    const put = () =>
      place(
        el,
        anchor instanceof HTMLElement ? anchor.getBoundingClientRect() : anchor,
        props.side,
      );
    put();
    // What loads late makes it larger.
    const sizes = new ResizeObserver(put);
    sizes.observe(el);
    onCleanup(() => sizes.disconnect());
  });
  onCleanup(() => {
    closing = true;
    const inside = el.contains(document.activeElement);
    if (el.isConnected) el.hidePopover();
    if (inside && before instanceof HTMLElement) before.focus();
  });
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useAriaPropsSupportedByRole: its role is a menu or a dialog
    <div
      ref={el}
      popover="auto"
      role={props.role ?? "dialog"}
      aria-label={props.label}
      class={cx(css.popover, props.class)}
      onKeyDown={(e) => props.onKeyDown?.(e)}
      on:toggle={(e: ToggleEvent) => e.newState === "closed" && !closing && props.onClose()}
    >
      {props.children}
    </div>
  );
}
