import type { User } from "../model";

export const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;

const NAMES: readonly (readonly [string, string])[] = [
  ["mira", "Mira Okafor"],
  ["jonas", "Jonas Lindqvist"],
  ["yuki", "Yuki Tanaka"],
  ["dana", "Dana Whitfield"],
  ["samir", "Samir Haddad"],
  ["ines", "Inês Carvalho"],
  ["tom", ""],
  ["leyla", "ليلى منصور"],
  ["oskar", "Oskar Nowak"],
  ["priya", "Priya Raman"],
  ["felix", "Felix Brandt"],
  ["zoe", "Zoé Martin"],
];

export const USERS: readonly User[] = NAMES.map(([username, display], i) => ({
  id: uuid(100 + i),
  username,
  email: i === 0 ? "mira@example.org" : "",
  role: "user",
  created_at: new Date(Date.UTC(2026, 1 + (i % 8), 3 + i)).toISOString(),
  ...(display ? { display_name: display } : {}),
}));

const [me] = USERS;
if (!me) throw new Error("nobody");
export const ME: User = me;

export const ONLINE: ReadonlySet<string> = new Set([0, 1, 2, 4, 7, 9].map((i) => uuid(100 + i)));
