import { onCleanup } from "solid-js";
import type { Model } from "../../model";
import { routeTo } from "../lib/notify";
import { open, overlay } from "../lib/overlay";
import { panelOpen, setPanelOpen } from "../lib/prefs";
import { go, route } from "../lib/route";

const writes = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches("input, textarea, select"));

function step(model: Model, by: 1 | -1, unread: boolean): void {
  const all = [...model.conversations.rooms(), ...model.conversations.dms()];
  const now = route();
  const at = all.findIndex(
    (c) => (now.at === "room" && c.id === now.id) || (now.at === "dm" && c.peer === now.user),
  );
  for (let i = 1; i <= all.length; i++) {
    const next =
      all[((((at < 0 && by < 0 ? 0 : at) + by * i) % all.length) + all.length) % all.length];
    if (next && (!unread || next.unread() > 0)) return go(routeTo(next));
  }
}

/** The keys that work everywhere. help.tsx lists them. */
export function startShortcuts(model: Model): void {
  const key = (e: KeyboardEvent) => {
    if (e.defaultPrevented || e.isComposing) return;
    const mod = e.ctrlKey || e.metaKey;
    if (mod && !e.altKey && !e.shiftKey && e.key.toLowerCase() === "k") open({ kind: "switcher" });
    else if (overlay()) return;
    else if (mod && e.key === "/") open({ kind: "help" });
    else if (mod && e.key === ".") setPanelOpen(panelOpen() === "yes" ? "no" : "yes");
    else if (e.altKey && !mod && (e.key === "ArrowDown" || e.key === "ArrowUp"))
      step(model, e.key === "ArrowDown" ? 1 : -1, e.shiftKey);
    else if (e.key === "?" && !mod && !writes(e.target)) open({ kind: "help" });
    else if (e.key === "Escape" && !mod) return leave(model, e);
    else return;
    e.preventDefault();
  };
  addEventListener("keydown", key);
  onCleanup(() => removeEventListener("keydown", key));
}

// What is open closes itself first (dialog, popover, edit). Then the focus goes back to
// where one writes, and from there Escape marks all as read.
function leave(model: Model, e: KeyboardEvent): void {
  if (document.querySelector("dialog[open], :popover-open:not([aria-hidden])")) return;
  const box = document.querySelector<HTMLTextAreaElement>("main textarea");
  if (e.target instanceof HTMLElement && e.target !== box && box) return box.focus();
  const now = route();
  const id =
    now.at === "room" ? now.id : now.at === "dm" ? model.conversations.dm(now.user).id : undefined;
  if (id) model.conversations.markRead(id);
}
