import { locale, t } from "../../i18n";

const made = new Map<string, Intl.DateTimeFormat>();

// Making a format costs more than using it a hundred times.
function format(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale()} ${name}`;
  let found = made.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(locale(), options);
    made.set(key, found);
  }
  return found;
}

const midnight = (at: number): number => new Date(at).setHours(0, 0, 0, 0);

export const clock = (at: number): string =>
  format("clock", { hour: "2-digit", minute: "2-digit" }).format(at);

export const full = (at: number): string =>
  format("full", { dateStyle: "full", timeStyle: "short" }).format(at);

export const shortDate = (at: number): string => format("date", { dateStyle: "medium" }).format(at);

/** "Today", "Yesterday", or the date; with the year only if it is another one. */
export function day(at: number): string {
  const today = midnight(Date.now());
  const then = midnight(at);
  if (then === today) return t("today");
  if (then === midnight(today - 1)) return t("yesterday");
  const sameYear = new Date(at).getFullYear() === new Date().getFullYear();
  return sameYear
    ? format("day", { weekday: "long", day: "numeric", month: "long" }).format(at)
    : format("year", { weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(
        at,
      );
}

/** A short word for a list: the time today, the weekday this week, else the date. */
export function brief(at: number): string {
  const age = midnight(Date.now()) - midnight(at);
  if (age <= 0) return clock(at);
  if (age < 6.5 * 86_400_000) return format("weekday", { weekday: "short" }).format(at);
  return format("brief", { day: "numeric", month: "short" }).format(at);
}
