/** A small stable number from an id: the same person has the same colour everywhere. */
export function hue(id: string, of: number): number {
  let h = 2166136261;
  for (let i = 0; i < id.length; i++) h = Math.imul(h ^ id.charCodeAt(i), 16777619);
  return (h >>> 8) % of;
}

const segments = typeof Intl.Segmenter === "function" ? new Intl.Segmenter() : undefined;

const first = (word: string): string =>
  segments?.segment(word)[Symbol.iterator]().next().value?.segment ?? [...word][0] ?? "";

/** One or two letters that stand for a name, in any script. */
export function initials(name: string): string {
  const words = name
    .trim()
    .split(/[\s_.-]+/u)
    .filter(Boolean);
  const letters =
    words.length > 1 ? first(words[0] ?? "") + first(words.at(-1) ?? "") : first(words[0] ?? "?");
  return letters.toLocaleUpperCase();
}
