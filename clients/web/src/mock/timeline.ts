import { createMemo, createRoot, createSignal } from "solid-js";
import type { Message, MessageRow, Row, Timeline } from "../model";

const PAGE = 60;
const day = (at: number) => new Date(at).setHours(0, 0, 0, 0);

export interface Box {
  readonly messages: () => readonly Message[];
  readonly readSeq: number;
}

/** A window on the messages of a box, as the real model makes it. */
export function timeline(conversation: string, box: Box, slow: boolean, fails: boolean): Timeline {
  return createRoot((dispose) => {
    const [from, setFrom] = createSignal(Math.max(0, box.messages().length - PAGE));
    const [busy, setBusy] = createSignal(false);
    const kept = new Map<
      string,
      { row: MessageRow; set: (m: Message) => void; continues: (on: boolean) => void }
    >();
    const rowOf = (m: Message, continued: boolean): MessageRow => {
      let found = kept.get(m.key);
      if (!found) {
        const [message, set] = createSignal(m);
        const [cont, continues] = createSignal(continued);
        found = {
          row: { kind: "message", key: m.key, message, continued: cont },
          set: (x) => set(() => x),
          continues,
        };
        kept.set(m.key, found);
      }
      found.set(m);
      found.continues(continued);
      return found.row;
    };
    const rows = createMemo<readonly Row[]>(() => {
      const out: Row[] = from() === 0 ? [{ kind: "start", key: "start" }] : [];
      let last: Message | undefined;
      for (const m of box.messages().slice(from())) {
        if (!last || day(last.createdAt) !== day(m.createdAt))
          out.push({ kind: "day", key: `d${day(m.createdAt)}`, day: day(m.createdAt) });
        const before = last?.seq ?? 0;
        const unread = box.readSeq > 0 && before <= box.readSeq && m.seq > box.readSeq;
        if (unread) out.push({ kind: "unread", key: "unread" });
        const near =
          last &&
          m.createdAt - last.createdAt < 300_000 &&
          day(last.createdAt) === day(m.createdAt);
        out.push(rowOf(m, !unread && near === true && last?.author === m.author));
        last = m;
      }
      return out;
    });
    const failure = fails
      ? { code: "unavailable", message: "a part does not answer", status: 503 }
      : undefined;
    return {
      conversation,
      status: () => (fails ? "failed" : slow ? "loading" : "ready"),
      failure: () => failure,
      rows: () => (slow || fails ? [] : rows()),
      hasOlder: () => from() > 0,
      hasNewer: () => false,
      loadingOlder: busy,
      loadingNewer: () => false,
      live: () => true,
      async loadOlder() {
        setBusy(true);
        await new Promise((done) => setTimeout(done, 150));
        setBusy(false);
        setFrom((n) => Math.max(0, n - PAGE));
      },
      async loadNewer() {},
      async jumpTo(seq) {
        const at = box.messages().findIndex((m) => m.seq >= seq);
        setFrom((n) => Math.max(0, Math.min(n, at - 20)));
        return box.messages()[at]?.key;
      },
      async jumpToNewest() {},
      setAtEnd() {},
      async retry() {},
      placeUnreadLine() {},
      close: dispose,
    };
  });
}
