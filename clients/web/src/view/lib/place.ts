export type Side = "below-start" | "below-end" | "above-start" | "above-end" | "above" | "below";

const GAP = 6;
const EDGE = 8;

/**
 * Puts a fixed element beside an anchor, on the other side if there is no room, and never
 * over the edge of the window. Start and end follow the direction of the text.
 */
export function place(el: HTMLElement, anchor: DOMRect, side: Side): void {
  const rtl = document.documentElement.dir === "rtl";
  const width = el.offsetWidth;
  const height = el.offsetHeight;
  const below = anchor.bottom + GAP;
  const above = anchor.top - GAP - height;
  const fitsBelow = below + height <= innerHeight - EDGE;
  const top = side.startsWith("below")
    ? fitsBelow || above < EDGE
      ? below
      : above
    : above >= EDGE
      ? above
      : below;
  let left = anchor.left + anchor.width / 2 - width / 2;
  if (side.endsWith("start")) left = rtl ? anchor.right - width : anchor.left;
  if (side.endsWith("end")) left = rtl ? anchor.left : anchor.right - width;
  el.style.left = `${Math.max(EDGE, Math.min(left, innerWidth - width - EDGE))}px`;
  el.style.top = `${Math.max(EDGE, Math.min(top, innerHeight - height - EDGE))}px`;
}
