import { createSignal } from "solid-js";

export const SETTINGS = ["profile", "security", "appearance", "notifications", "blocks"] as const;
export type SettingsPage = (typeof SETTINGS)[number];

/** Where one is: all that an address says. */
export type Route =
  | { readonly at: "home" }
  | { readonly at: "room"; readonly id: string; readonly seq?: number | undefined }
  | { readonly at: "dm"; readonly user: string; readonly seq?: number | undefined }
  | { readonly at: "rooms" }
  | { readonly at: "invitations" }
  | { readonly at: "settings"; readonly page?: SettingsPage | undefined }
  | { readonly at: "reset" }
  | { readonly at: "nowhere" };

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function seqOf(search: string): number | undefined {
  const seq = Number(new URLSearchParams(search).get("m"));
  return Number.isSafeInteger(seq) && seq > 0 ? seq : undefined;
}

export function parse(pathname: string, search = ""): Route {
  const [first = "", second = "", ...rest] = pathname.split("/").filter(Boolean);
  if (rest.length > 0) return { at: "nowhere" };
  if (first === "r" && ID.test(second))
    return { at: "room", id: second.toLowerCase(), seq: seqOf(search) };
  if (first === "d" && ID.test(second))
    return { at: "dm", user: second.toLowerCase(), seq: seqOf(search) };
  if (first === "settings") {
    if (!second) return { at: "settings" };
    const page = SETTINGS.find((x) => x === second);
    return page ? { at: "settings", page } : { at: "nowhere" };
  }
  if (second) return { at: "nowhere" };
  if (first === "") return { at: "home" };
  if (first === "rooms" || first === "invitations" || first === "reset") return { at: first };
  return { at: "nowhere" };
}

export function href(to: Route): string {
  const mark = (seq?: number) => (seq ? `?m=${seq}` : "");
  switch (to.at) {
    case "home":
    case "nowhere":
      return "/";
    case "room":
      return `/r/${to.id}${mark(to.seq)}`;
    case "dm":
      return `/d/${to.user}${mark(to.seq)}`;
    case "settings":
      return to.page ? `/settings/${to.page}` : "/settings";
    default:
      return `/${to.at}`;
  }
}

const here = () => parse(location.pathname, location.search);
// Each visit is a new object, so that a link to the message that one came from works again.
const [route, setRoute] = createSignal<Route>(
  typeof location === "undefined" ? { at: "home" } : here(),
);

export { route };

export function go(to: Route, replace = false): void {
  const url = href(to);
  if (replace || url === location.pathname + location.search) history.replaceState(null, "", url);
  else history.pushState(null, "", url);
  setRoute(to);
}

/** Follows the back button, and links of the page's own kind wherever they are. */
export function startRouting(): () => void {
  const off = new AbortController();
  const { signal } = off;
  addEventListener("popstate", () => setRoute(here()), { signal });
  document.addEventListener(
    "click",
    (e) => {
      if (e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey)
        return;
      const a = e.target instanceof Element ? e.target.closest("a") : null;
      if (!a?.href || a.hasAttribute("download") || a.origin !== location.origin || a.hash) return;
      const to = parse(a.pathname, a.search);
      if (to.at === "nowhere") return;
      e.preventDefault();
      go(to);
    },
    { signal },
  );
  return () => off.abort();
}
