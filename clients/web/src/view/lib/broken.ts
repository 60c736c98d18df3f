// Parts of the page are loaded when they are needed first. After an update of the server, or
// without a network, one may not be there.

const KEY = "lair-reloaded";
const PAUSE = 60_000;

let missing = false;

/** Whether a part of the page could not be loaded: it stays broken until the page is loaded anew. */
export const partMissing = (): boolean => missing;

/** Loads the page anew, once, when a part of it is gone: it is of the version before. */
export function followMissingParts(): void {
  addEventListener("vite:preloadError", (e) => {
    missing = true;
    const last = Number(sessionStorage.getItem(KEY) ?? 0);
    if (!navigator.onLine || Date.now() - last < PAUSE) return;
    sessionStorage.setItem(KEY, String(Date.now()));
    e.preventDefault();
    location.reload();
  });
}
