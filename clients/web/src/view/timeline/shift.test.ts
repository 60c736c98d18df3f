import { expect, test } from "vitest";
import type { Row } from "../../model";
import { shifted } from "./shift";

const rows = (...keys: string[]): Row[] =>
  keys.map((key) =>
    key.startsWith("d") ? { kind: "day", key, day: 0 } : ({ kind: "message", key } as Row),
  );

test("older rows shift the list, newer ones do not", () => {
  const now = rows("d1", "a", "b");
  expect(shifted(now, rows("d1", "z", "a", "b"))).toBe(true);
  expect(shifted(now, rows("d1", "a", "b", "c"))).toBe(false);
  expect(shifted(now, now)).toBe(false);
});

test("rows that are let go at the start shift it, too", () => {
  expect(shifted(rows("d1", "a", "b", "c"), rows("d1", "b", "c", "d"))).toBe(true);
});

test("another place in the history is no shift", () => {
  expect(shifted(rows("d1", "a", "b"), rows("d2", "x", "y"))).toBe(false);
  expect(shifted([], rows("d1", "a"))).toBe(false);
});
