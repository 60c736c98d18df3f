import { expect, test } from "vitest";
import { directId, newId } from "./ids";

test("the id of a conversation of two is the one of the server", () => {
  // The two people and the conversation of the examples in docs/protocol.md.
  const bob = "01a20ff2-9aef-7812-ad7b-e9f9def727a0";
  const cay = "01a20ff3-6a7c-70bc-8ac5-2d965353f6bd";
  expect(directId(bob, cay)).toBe(directId(cay.toUpperCase(), bob));
  expect(directId(bob, cay)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
});

test("the id of a conversation of two is a UUID of version 5", () => {
  expect(
    directId("00000000-0000-0000-0000-000000000002", "00000000-0000-0000-0000-000000000001"),
  ).toBe("2a83f342-3063-5118-8dbc-2710a5ee32cc");
});

test("new ids differ", () => {
  expect(new Set(Array.from({ length: 100 }, newId)).size).toBe(100);
});
