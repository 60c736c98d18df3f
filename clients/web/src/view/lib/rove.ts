const KEYS: Record<string, (i: number, n: number) => number> = {
  ArrowDown: (i, n) => (i + 1) % n,
  ArrowUp: (i, n) => (i - 1 + n) % n,
  Home: () => 0,
  End: (_, n) => n - 1,
};

/**
 * Moves the focus between the elements of a list that match the selector: one stop of the
 * Tab key for the whole list, arrows within it. Returns whether the key was one of these.
 */
export function rove(e: KeyboardEvent, list: HTMLElement, selector: string): boolean {
  const step = KEYS[e.key];
  if (!step || e.altKey || e.ctrlKey || e.metaKey) return false;
  const items = [...list.querySelectorAll<HTMLElement>(selector)];
  if (items.length === 0) return false;
  const at = items.indexOf(document.activeElement as HTMLElement);
  const next =
    items[
      at < 0
        ? e.key === "ArrowUp" || e.key === "End"
          ? items.length - 1
          : 0
        : step(at, items.length)
    ];
  e.preventDefault();
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return true;
}
