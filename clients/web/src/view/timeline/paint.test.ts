import fc from "fast-check";
import { expect, test } from "vitest";
import { MAX_MESSAGE } from "../lib/bytes";
import { type Language, languageOf, languages } from "./languages";
import { paint } from "./paint";

const coloured = (text: string, language: Language) =>
  paint(text, language).flatMap((p) => (p.colour ? [`${p.colour}: ${p.text}`] : []));

test("words, texts, numbers and notes of code have their colours", () => {
  expect(coloured('func main() { return "a" + 1 } // hi', "go")).toEqual([
    "word: func",
    "name: main",
    "word: return",
    'text: "a"',
    "number: 1",
    "note: // hi",
  ]);
  expect(coloured("-old\n+new", "diff")).toEqual(["gone: -old", "new: +new"]);
  expect(coloured("<p>one<script>let a = 1</script></p>", "xml")).toContain("number: 1");
});

test("a block is coloured only in a language that is known by its name", () => {
  expect(languageOf("sh")).toBe("bash");
  expect(languageOf(" TS title=x")).toBe("typescript");
  for (const name of [undefined, "", "brainfuck", "constructor", "__proto__", "toString"])
    expect(languageOf(name), name).toBeUndefined();
});

test("the pieces are the text again, whatever it is", () => {
  const snippet = fc.constantFrom(
    "<b>",
    '"',
    "'",
    "`",
    "${",
    "}",
    "/*",
    "//",
    "\\",
    "\n",
    "{",
    "(",
  );
  const text = fc.array(fc.oneof(snippet, fc.string()), { maxLength: 40 }).map((x) => x.join(""));
  fc.assert(
    fc.property(fc.constantFrom(...languages), text, (language, code) => {
      const all = paint(code, language);
      expect(all.map((p) => p.text).join("")).toBe(code);
    }),
    { numRuns: 500 },
  );
});

test("no block takes long, however hostile it is", () => {
  const seeds = [
    "(",
    "<a ",
    "'",
    "/*",
    "a.",
    "${",
    "<!--",
    "a b ",
    "0x",
    "- ",
    "@a(",
    "$$",
    "_",
    "a",
  ];
  const slow: string[] = [];
  for (const language of languages) {
    for (const seed of seeds) {
      const text = seed.repeat(MAX_MESSAGE / seed.length);
      const begin = performance.now();
      paint(text, language);
      // It takes a tenth of that on a machine that has nothing else to do.
      if (performance.now() - begin > 500) slow.push(`${language} ${seed}`);
    }
  }
  expect(slow).toEqual([]);
});
