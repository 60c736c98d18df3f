import { expect, test } from "vitest";
import { href, parse, type Route } from "./route";

const id = "01a20ff2-9afd-713e-a01f-493277a7a3b1";

test("each route has an address that leads back to it", () => {
  const all: Route[] = [
    { at: "home" },
    { at: "room", id, seq: undefined },
    { at: "room", id, seq: 7 },
    { at: "dm", user: id, seq: undefined },
    { at: "rooms" },
    { at: "invitations" },
    { at: "reset" },
    { at: "settings" },
    { at: "settings", page: "security" },
  ];
  for (const to of all) {
    const url = new URL(href(to), "http://x");
    expect(parse(url.pathname, url.search)).toEqual(to);
  }
});

test("what is no address leads nowhere", () => {
  for (const path of ["/r/nope", "/r", `/r/${id}/x`, "/settings/nope", "/x", "/rooms/x"])
    expect(parse(path)).toEqual({ at: "nowhere" });
});

test("a seq that is none is left out", () => {
  for (const search of ["?m=0", "?m=-1", "?m=x", "?m=1.5", "?m=9e99", ""])
    expect(parse(`/r/${id}`, search)).toEqual({ at: "room", id, seq: undefined });
});
