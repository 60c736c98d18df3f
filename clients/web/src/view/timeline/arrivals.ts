import { createEffect, on } from "solid-js";
import { t } from "../../i18n";
import type { Conversation, Model, Timeline } from "../../model";
import { announce } from "../ui/toasts";

/** Reads new messages of others out while their conversation is open. */
export function followsArrival(model: Model, conversation: Conversation, line: Timeline): void {
  let last = "";
  createEffect(
    on(conversation.lastMessage, (m) => {
      const known = last;
      last = m?.key ?? "";
      if (!m || !known || m.key === known || m.own || !line.live()) return;
      const text = m.content.length > 200 ? `${m.content.slice(0, 200)}…` : m.content;
      announce(t("timeline.says", { name: model.users.name(m.author) || t("someone"), text }));
    }),
  );
}
