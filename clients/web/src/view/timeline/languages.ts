/** What blocks of code are coloured in. */
export const languages = [
  "bash",
  "c",
  "css",
  "diff",
  "go",
  "java",
  "javascript",
  "json",
  "python",
  "rust",
  "sql",
  "typescript",
  "xml",
  "yaml",
] as const;

export type Language = (typeof languages)[number];

const others: Readonly<Record<string, Language>> = {
  cpp: "c",
  "c++": "c",
  h: "c",
  golang: "go",
  html: "xml",
  svg: "xml",
  js: "javascript",
  jsx: "javascript",
  mjs: "javascript",
  patch: "diff",
  py: "python",
  rs: "rust",
  sh: "bash",
  shell: "bash",
  ts: "typescript",
  tsx: "typescript",
  yml: "yaml",
  zsh: "bash",
};

/** The language that somebody named above a block of code, if it is one of those. */
export function languageOf(named: string | undefined): Language | undefined {
  const name = named?.trim().split(/\s/)[0]?.toLowerCase() ?? "";
  return (
    languages.find((x) => x === name) ?? (Object.hasOwn(others, name) ? others[name] : undefined)
  );
}
