// What tabs of one browser tell each other. Everything may come twice, or not at all: each tab has
// its own connection, and what is lost here comes from the server or with the next page load.

import type { KeptSend } from "./store/store";
import type { Notify } from "./types";

export type TabMessage =
  | {
      readonly t: "draft";
      readonly c: string;
      readonly text: string;
      readonly peer?: string | undefined;
    }
  | { readonly t: "read"; readonly c: string; readonly seq: number }
  | { readonly t: "notify"; readonly c: string; readonly notify: Notify }
  | { readonly t: "sends"; readonly sends: readonly KeptSend[] }
  | { readonly t: "gone"; readonly key: string }
  | { readonly t: "blocks"; readonly ids: readonly string[] }
  | { readonly t: "refreshed"; readonly expires: number }
  | { readonly t: "in"; readonly user: string }
  | { readonly t: "out"; readonly why: "logout" | "expired" | "revoked" | "deleted" };

export interface Tabs {
  post(message: TabMessage): void;
  listen(listener: (message: TabMessage) => void): void;
  close(): void;
}

export function browserTabs(): Tabs {
  if (typeof BroadcastChannel === "undefined") {
    return { post: () => {}, listen: () => {}, close: () => {} };
  }
  const channel = new BroadcastChannel("lair");
  return {
    post: (message) => channel.postMessage(message),
    listen: (listener) => {
      channel.onmessage = (event: MessageEvent<TabMessage>) => listener(event.data);
    },
    close: () => channel.close(),
  };
}
