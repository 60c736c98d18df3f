import { createEffect, onCleanup } from "solid-js";
import { t } from "../../i18n";
import type { Alert, Conversation, Model } from "../../model";
import { isLooking } from "./looking";
import { desktop, setDesktop } from "./prefs";
import { go, type Route, route } from "./route";

export const canNotify = (): boolean =>
  typeof Notification !== "undefined" && window.isSecureContext;

/** Asks the browser; call it from a click. */
export async function askPermission(): Promise<void> {
  const said = await Notification.requestPermission();
  if (said !== "default") setDesktop(said === "granted" ? "on" : "off");
}

export const routeTo = (c: Conversation, seq?: number): Route =>
  c.kind === "room" ? { at: "room", id: c.id, seq } : { at: "dm", user: c.peer ?? "", seq };

const isOpen = (c: Conversation): boolean => {
  const at = route();
  return (at.at === "room" && at.id === c.id) || (at.at === "dm" && at.user === c.peer);
};

function show({ conversation, message, authorName }: Alert): void {
  if (desktop() !== "on" || !canNotify() || Notification.permission !== "granted") return;
  if (isLooking() && isOpen(conversation)) return;
  const title =
    conversation.kind === "room"
      ? t("notify.room", { name: authorName, room: conversation.name() })
      : authorName;
  // One for a conversation, whatever the number of tabs.
  const note = new Notification(title, {
    body: message.content.slice(0, 300),
    tag: conversation.id,
    icon: "/icon.svg",
  });
  note.onclick = () => {
    window.focus();
    go(routeTo(conversation, message.seq));
    note.close();
  };
}

const icon = (): HTMLLinkElement | null => document.querySelector('link[rel="icon"]');

/** Notifications of the desktop, and the numbers in title and icon. Call it once, in a root. */
export function followAttention(model: Model, title: () => string): void {
  onCleanup(model.onAlert(show));
  createEffect(() => {
    const n = model.session.me() ? model.conversations.badge() : 0;
    document.title = n > 0 ? `(${n > 99 ? "99+" : n}) ${title()}` : title();
    const link = icon();
    const wanted = n > 0 ? "/icon-unread.svg" : "/icon.svg";
    if (link && link.getAttribute("href") !== wanted) link.href = wanted;
  });
}
