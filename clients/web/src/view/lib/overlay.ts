import { createSignal } from "solid-js";
import type { Conversation } from "../../model";

/** What lies over the page; one at a time. */
export type Overlay =
  | { readonly kind: "switcher" }
  | { readonly kind: "help" }
  | { readonly kind: "create-room" }
  | { readonly kind: "new-dm" }
  | { readonly kind: "invite"; readonly room: Conversation }
  | { readonly kind: "room-settings"; readonly room: Conversation }
  | { readonly kind: "leave"; readonly room: Conversation };

const [overlay, setOverlay] = createSignal<Overlay>();

export { overlay };
export const open = (what: Overlay): void => void setOverlay(what);
export const close = (): void => void setOverlay(undefined);
