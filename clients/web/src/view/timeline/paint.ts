// Colours for code. This part of the page is loaded with the first block whose language it knows.

import type { Emitter } from "highlight.js";
import core from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import c from "highlight.js/lib/languages/c";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import go from "highlight.js/lib/languages/go";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import python from "highlight.js/lib/languages/python";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";
import type { Language } from "./languages";

const grammars: Readonly<Record<Language, Parameters<typeof core.registerLanguage>[1]>> = {
  bash,
  c,
  css,
  diff,
  go,
  java,
  javascript,
  json,
  python,
  rust,
  sql,
  typescript,
  xml,
  yaml,
};

export type Colour = "word" | "text" | "number" | "name" | "note" | "gone" | "new";

export interface Piece {
  readonly text: string;
  readonly colour?: Colour | undefined;
}

const colours: Readonly<Record<string, Colour>> = {
  keyword: "word",
  built_in: "word",
  literal: "word",
  "selector-tag": "word",
  tag: "word",
  string: "text",
  regexp: "text",
  symbol: "text",
  number: "number",
  variable: "number",
  "template-variable": "number",
  title: "name",
  type: "name",
  name: "name",
  attr: "name",
  attribute: "name",
  property: "name",
  section: "name",
  comment: "note",
  meta: "note",
  doctag: "note",
  addition: "new",
  deletion: "gone",
};

/** Takes the pieces as they are found. The library would make them a string of HTML. */
class Pieces implements Emitter {
  readonly all: Piece[] = [];
  readonly #open: (Colour | undefined)[] = [];

  startScope(scope: string): void {
    // A part of a scope is named as title.function.
    this.#open.push(colours[scope.split(".")[0] ?? ""] ?? this.#open.at(-1));
  }
  endScope(): void {
    this.#open.pop();
  }
  // The same under the names that the library calls as well.
  openNode(scope: string): void {
    this.startScope(scope);
  }
  closeNode(): void {
    this.endScope();
  }
  addText(text: string): void {
    if (text) this.all.push({ text, colour: this.#open.at(-1) });
  }
  __addSublanguage(inner: Emitter): void {
    if (inner instanceof Pieces) this.all.push(...inner.all);
  }
  finalize(): void {}
  toHTML(): string {
    return "";
  }
}

core.configure({ __emitter: Pieces });
for (const [name, grammar] of Object.entries(grammars)) core.registerLanguage(name, grammar);

// Nobody writes such words in code, and on some of them grammars look at each letter from each letter.
const endless = /[\w$]{200}/;

/** The text in pieces, which together are the text again. */
export function paint(text: string, language: Language): readonly Piece[] {
  if (endless.test(text)) return [{ text }];
  const found = core.highlight(text, { language, ignoreIllegals: true });
  if (found.errorRaised || !(found._emitter instanceof Pieces)) return [{ text }];
  return found._emitter.all;
}
