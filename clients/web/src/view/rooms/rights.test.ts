import { expect, test } from "vitest";
import { rights } from "./rights";

test("members govern nobody, and nobody governs himself", () => {
  expect(rights("member", "member", false).size).toBe(0);
  expect(rights(undefined, "member", false).size).toBe(0);
  expect(rights("owner", "owner", true).size).toBe(0);
});

test("moderators govern plain members only", () => {
  expect([...rights("moderator", "member", false)].sort()).toEqual(["ban", "kick", "mute"]);
  expect(rights("moderator", "moderator", false).size).toBe(0);
  expect(rights("moderator", "owner", false).size).toBe(0);
});

test("owners give and take roles", () => {
  expect(rights("owner", "member", false).has("promote")).toBe(true);
  expect(rights("owner", "member", false).has("demote")).toBe(false);
  expect(rights("owner", "owner", false).has("demote")).toBe(true);
  expect(rights("owner", "owner", false).has("transfer")).toBe(false);
});
