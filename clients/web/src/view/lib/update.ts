import { onCleanup } from "solid-js";
import { t } from "../../i18n";
import { workerURL } from "../trusted";
import { toast } from "../ui/toasts";

const EVERY = 30 * 60_000;

const script = (page: Document | string): string | undefined => {
  if (typeof page === "string") return /\bsrc="(\/assets\/[^"]+\.js)"/.exec(page)?.[1];
  return (
    page
      .querySelector<HTMLScriptElement>('script[type="module"][src^="/assets/"]')
      ?.getAttribute("src") ?? undefined
  );
};

/** Asks the server now and then whether this page is still the one that it serves, and says so once. */
export function followUpdates(): void {
  const mine = script(document);
  if (!mine) return;
  if ("serviceWorker" in navigator && window.isSecureContext) {
    navigator.serviceWorker.register(workerURL()).catch(() => undefined);
  }
  let last = Date.now();
  let told = false;
  const look = async () => {
    if (told || document.visibilityState !== "visible" || Date.now() - last < EVERY) return;
    last = Date.now();
    try {
      const answer = await fetch("/", { headers: { Accept: "text/html" }, cache: "no-cache" });
      const theirs = answer.ok ? script(await answer.text()) : undefined;
      if (!theirs || theirs === mine) return;
      told = true;
      toast(t("update.here"), { action: { label: t("reload"), run: () => location.reload() } });
    } catch {
      // No network: the next time.
    }
  };
  const timer = setInterval(() => void look(), EVERY);
  const seen = () => void look();
  document.addEventListener("visibilitychange", seen);
  onCleanup(() => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", seen);
  });
}
