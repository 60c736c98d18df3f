import { createSignal } from "solid-js";
import { en } from "./en";

/** A text that depends on a number: the forms of Intl.PluralRules that the language has. */
export type Plural = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

export type Key = keyof typeof en;
export type Catalogue = { readonly [K in Key]: (typeof en)[K] extends string ? string : Plural };

type Values = Readonly<Record<string, string | number>>;

/** The languages that there are, by the name that their speakers know. */
export const LANGUAGES = [
  { id: "en", name: "English" },
  { id: "de", name: "Deutsch" },
] as const;

export type Language = (typeof LANGUAGES)[number]["id"];

const RTL = new Set(["ar", "fa", "he", "ur"]);

const load: Record<Exclude<Language, "en">, () => Promise<Catalogue>> = {
  de: () => import("./de").then((m) => m.de),
};

const [current, setCurrent] = createSignal<{ id: Language; texts: Catalogue }>({
  id: "en",
  texts: en,
});

let plurals = new Intl.PluralRules("en");

/** The language of the page, for dates and numbers, too. */
export const language = (): Language => current().id;

/** The language with the habits of the browser's region, for dates and numbers. */
export function locale(): string {
  const id = current().id;
  return navigator.languages.find((tag) => tag.split("-")[0] === id) ?? id;
}

/** What the browser asks for, as far as it is there. */
export function preferred(wanted: readonly string[] = navigator.languages): Language {
  for (const tag of wanted) {
    const found = LANGUAGES.find((x) => x.id === tag.split("-")[0]);
    if (found) return found.id;
  }
  return "en";
}

/** Changes the language; what cannot be loaded leaves it as it is. */
export async function setLanguage(id: Language): Promise<void> {
  const texts = id === "en" ? en : await load[id]();
  plurals = new Intl.PluralRules(id);
  document.documentElement.lang = id;
  document.documentElement.dir = RTL.has(id) ? "rtl" : "ltr";
  setCurrent({ id, texts });
}

const fill = (text: string, values: Values): string =>
  text.replace(/\{(\w+)\}/g, (all, name: string) => String(values[name] ?? all));

/** The text of a key in the language of the page. `n` chooses the plural. */
export function t(key: Key, values: Values = {}): string {
  const { texts } = current();
  const text: string | Plural = texts[key];
  if (typeof text === "string") return fill(text, values);
  const n = Number(values.n ?? 0);
  return fill(text[plurals.select(n)] ?? text.other, { ...values, n: n.toLocaleString(locale()) });
}

/** Whether there is a text for a code of the server. */
export const isKey = (key: string): key is Key => key in en;
