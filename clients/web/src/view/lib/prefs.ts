import { createEffect, createSignal, type Signal } from "solid-js";
import { LANGUAGES, type Language, preferred, setLanguage } from "../../i18n";

export type Theme = "system" | "light" | "dark";

// Looks are of the device, not of the account: they stay when one logs out.
function stored<T extends string>(name: string, among: readonly T[], first: T): Signal<T> {
  let value = first;
  try {
    const found = localStorage.getItem(`lair.${name}`);
    value = among.find((x) => x === found) ?? first;
  } catch {
    // No storage in this window: it lasts as long as the page.
  }
  const [get, set] = createSignal<T>(value);
  const keep = ((next: T) => {
    try {
      localStorage.setItem(`lair.${name}`, next);
    } catch {
      // As above.
    }
    return set(() => next);
  }) as Signal<T>[1];
  return [get, keep];
}

export const [theme, setTheme] = stored<Theme>("theme", ["system", "light", "dark"], "system");
export const [speech, setSpeech] = stored<Language | "auto">(
  "language",
  ["auto", ...LANGUAGES.map((x) => x.id)],
  "auto",
);
export const [panelOpen, setPanelOpen] = stored<"yes" | "no">("panel", ["yes", "no"], "no");
/** Desktop notifications: "ask" until the user has said something. */
export const [desktop, setDesktop] = stored<"ask" | "on" | "off">(
  "desktop",
  ["ask", "on", "off"],
  "ask",
);

/** Keeps the page as the settings say. */
export function applyPrefs(): void {
  createEffect(() => {
    const to = theme();
    if (to === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = to;
  });
  createEffect(() => {
    const to = speech();
    setLanguage(to === "auto" ? preferred() : to).catch(() => undefined);
  });
}
