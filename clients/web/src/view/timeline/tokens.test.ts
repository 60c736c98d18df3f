import { expect, test } from "vitest";
import { mentions, onlyEmoji, safeHref, tokens } from "./tokens";

test("only links that lead somewhere are links", () => {
  for (const good of ["https://example.org/", "http://example.org/", "mailto:ann@example.org"])
    expect(safeHref(good)).toBe(good);
  const bad = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "blob:https://x/y",
    "file:///etc/passwd",
    "/r/1",
    "//x",
    "",
  ];
  for (const address of bad) expect(safeHref(address), address).toBeUndefined();
});

test("HTML stays the text that it was typed as", () => {
  const all = JSON.stringify(tokens("<img src=x onerror=alert(1)>\n\nhi <b>there</b>"));
  expect(all).toContain("<img src=x onerror=alert(1)>");
  expect(all).toContain("<b>");
});

test("no message takes long or throws, however it is nested", () => {
  const hostile = [
    ">".repeat(4096),
    "[".repeat(4096),
    "*".repeat(4095),
    "- ".repeat(2048),
    "`".repeat(4096),
    "![](".repeat(1000),
    "<".repeat(4096),
    "_a".repeat(2048),
    "> - ".repeat(1000),
    "|".repeat(4096),
    "&".repeat(4096),
  ];
  for (const text of hostile) {
    const begin = performance.now();
    expect(tokens(text).length).toBeGreaterThan(0);
    expect(performance.now() - begin, text.slice(0, 8)).toBeLessThan(500);
  }
});

test("names are found after an @, but not in addresses", () => {
  expect(mentions("hi @ann, @Bób!")).toEqual(["hi ", { name: "ann" }, ", ", { name: "Bób" }, "!"]);
  expect(mentions("ann@example.org")).toEqual(["ann@example.org"]);
  expect(mentions("nobody")).toEqual(["nobody"]);
});

test("a few emoji alone are large", () => {
  for (const text of ["👏", "👏👏", "👩‍💻 🇩🇪", "❤️"]) expect(onlyEmoji(text), text).toBe(true);
  for (const text of ["", "a 👏", "👏👏👏👏"]) expect(onlyEmoji(text), text).toBe(false);
});
