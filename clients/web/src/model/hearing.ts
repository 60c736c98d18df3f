import type { Outbox } from "./outbox";
import type { BlockList } from "./people";
import type { Reading } from "./reading";
import type { Registry } from "./registry";
import type { SessionModel } from "./session";
import type { TabMessage, Tabs } from "./tabs";

export interface HearingContext {
  readonly tabs: Tabs;
  readonly session: SessionModel;
  readonly registry: Registry;
  readonly reading: Reading;
  readonly outbox: Outbox;
  readonly blocks: BlockList;
  readonly me: () => string;
}

/** Does what other tabs say. */
export function hear(context: HearingContext): void {
  const { tabs, session, me } = context;
  tabs.listen((message) => {
    const state = session.state();
    switch (message.t) {
      case "out":
        // Whoever ended the login knows why; the socket of this tab may only have seen that it did.
        if (state.kind === "in" || (state.kind === "out" && chosen(message.why))) {
          void session.gone(message.why, false);
        }
        return;
      case "in":
        if (state.kind !== "in" || message.user !== me()) void session.start(false);
        return;
      default:
        if (state.kind === "in") heard(context, message);
    }
  });
}

const chosen = (why: string) => why === "logout" || why === "deleted";

type Shared = Exclude<TabMessage, { t: "in" | "out" }>;

function heard({ session, registry, reading, outbox, blocks }: HearingContext, m: Shared): void {
  switch (m.t) {
    case "draft":
      (registry.of(m.c) ?? (m.peer ? registry.dm(m.peer) : undefined))?.setDraft(m.text);
      return;
    case "notify":
      registry.of(m.c)?.setNotify(m.notify);
      return;
    case "read": {
      const conv = registry.of(m.c);
      if (!conv) return;
      // If that tab is closed before it told the server, this one does it some time.
      conv.marked = Math.max(conv.marked, m.seq);
      reading.raise(conv, m.seq);
      return;
    }
    case "sends":
      for (const send of m.sends) {
        const to = registry.ensure(send.conversation, send.kind, send.peer, 0);
        outbox.restore(to, send, true);
      }
      return;
    case "gone":
      outbox.settle(m.key);
      return;
    case "blocks":
      blocks.restore(m.ids);
      return;
    case "refreshed":
      session.expiresAt(m.expires);
      return;
  }
}
