import { gemoji } from "gemoji";
import type { Emoji } from "./emoji";

export const EMOJI: readonly Emoji[] = gemoji.map((x) => ({
  emoji: x.emoji,
  name: x.names[0] ?? "",
  words: [...x.names, ...x.tags],
  group: x.category,
}));
