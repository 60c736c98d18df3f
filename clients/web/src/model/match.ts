/**
 * How well a name fits what is typed: less is better, undefined is not at all. First the beginning,
 * then the beginning of a word, then any place, then the letters in their order.
 */
export function score(name: string, query: string): number | undefined {
  const n = fold(name);
  const q = fold(query);
  if (q === "") return 0;
  const at = n.indexOf(q);
  if (at === 0) return n.length === q.length ? 0 : 1;
  if (at > 0) return /[\s_.-]/.test(n[at - 1] ?? "") ? 2 : 3;
  let from = 0;
  for (const letter of q) {
    from = n.indexOf(letter, from) + 1;
    if (from === 0) return undefined;
  }
  return 4;
}

// Accents do not matter when one looks for something.
const fold = (text: string): string =>
  text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase().trim();

/** The best of some things by their names, at most `limit`. */
export function searchText<T>(
  things: readonly T[],
  query: string,
  limit: number,
  namesOf: (thing: T) => readonly string[],
): T[] {
  const found: { thing: T; score: number; name: string }[] = [];
  for (const thing of things) {
    const names = namesOf(thing).filter((name) => name !== "");
    const scores = names.map((name) => score(name, query)).filter((s) => s !== undefined);
    if (scores.length > 0) found.push({ thing, score: Math.min(...scores), name: names[0] ?? "" });
  }
  found.sort(
    (a, b) => a.score - b.score || a.name.length - b.name.length || (a.name < b.name ? -1 : 1),
  );
  return found.slice(0, limit).map((f) => f.thing);
}
