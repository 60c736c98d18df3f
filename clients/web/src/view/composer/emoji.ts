/** One picture with its names, the best one first. */
export interface Emoji {
  readonly emoji: string;
  readonly name: string;
  readonly words: readonly string[];
  readonly group: string;
}

let all: readonly Emoji[] | undefined;
let loading: Promise<readonly Emoji[]> | undefined;

/** Loads the names when somebody needs them first: they are larger than the rest of the page. */
export function loadEmoji(): Promise<readonly Emoji[]> {
  loading ??= import("./emoji-data").then((m) => {
    all = m.EMOJI;
    return all;
  });
  return loading;
}

function rank(x: Emoji, text: string): number {
  if (x.words.some((w) => w === text)) return 0;
  if (x.name.startsWith(text)) return 1;
  if (x.words.some((w) => w.startsWith(text))) return 2;
  return x.words.some((w) => w.includes(text)) ? 3 : 4;
}

/** The best ones for a text, or undefined before the names are here. */
export function findEmoji(text: string, most: number): readonly Emoji[] | undefined {
  const wanted = text.toLowerCase();
  return all
    ?.map((x) => ({ x, rank: rank(x, wanted) }))
    .filter((hit) => hit.rank < 4)
    .sort((a, b) => a.rank - b.rank || (wanted ? a.x.name.length - b.x.name.length : 0))
    .slice(0, most)
    .map((hit) => hit.x);
}
