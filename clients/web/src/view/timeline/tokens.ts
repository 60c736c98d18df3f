import { Lexer, type Token } from "marked";

// A message is parsed once, however often its row comes into view.
const kept = new Map<string, readonly Token[]>();
const MOST = 600;

const plain = (text: string): readonly Token[] => [
  { type: "paragraph", raw: text, text, tokens: [{ type: "text", raw: text, text }] },
];

// Text without any of these needs no parser.
const marked = /[*_`~#>[\]|\\<&:]|^\s*[-+=\d]|www\.|\n|@\S+\./m;

// Deep nesting costs a parser more than it is worth to a reader.
const deep = /^(?:[ \t]*(?:>|[-+*]|\d+[.)])){12}/m;

/** The Markdown of a message as tokens. Never throws. */
export function tokens(text: string): readonly Token[] {
  const found = kept.get(text);
  if (found) return found;
  let made: readonly Token[];
  try {
    made =
      !marked.test(text) || deep.test(text)
        ? plain(text)
        : new Lexer({ gfm: true, breaks: true }).lex(text);
  } catch {
    made = plain(text);
  }
  kept.set(text, made);
  if (kept.size > MOST) kept.delete(kept.keys().next().value ?? "");
  return made;
}

const ALLOWED = new Set(["http:", "https:", "mailto:"]);

/** The address of a link if it is of a kind that does nothing but lead somewhere. */
export function safeHref(address: string): string | undefined {
  try {
    const url = new URL(address);
    return ALLOWED.has(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}

export type Piece = string | { readonly name: string };

/** Cuts a text at its @names. */
export function mentions(text: string): readonly Piece[] {
  const out: Piece[] = [];
  let from = 0;
  for (const hit of text.matchAll(/(?<![\p{L}\p{N}_./])@([\p{L}\p{N}][\p{L}\p{N}_]{1,31})/gu)) {
    if (hit.index > from) out.push(text.slice(from, hit.index));
    out.push({ name: hit[1] ?? "" });
    from = hit.index + hit[0].length;
  }
  if (from < text.length) out.push(text.slice(from));
  return out;
}

const emoji =
  /^(?:\s*(?:\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier}|\u200D\p{Extended_Pictographic})*|\p{Regional_Indicator}{2})){1,3}\s*$/u;

/** One to three emoji and nothing else: they may be large. */
export const onlyEmoji = (text: string): boolean => text.length <= 40 && emoji.test(text);
