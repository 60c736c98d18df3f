import { afterEach, expect, test } from "vitest";
import { World } from "../testing/world";

let world: World;
afterEach(() => world.stop());

/** Two tabs, of which the first logs out: its request takes `there`, and the answer `back`. */
async function logOut(there: number, back: number) {
  world = new World();
  world.server.room("hall", world.me, world.bob);
  const [a, b] = [await world.start(), await world.start()];
  await world.clock.advance(1_000);
  const delays = [there, back];
  world.server.httpDelay = () => delays.shift() ?? 20;
  const done = a.session.logout();
  await world.clock.advance(there);
  // The second tab hears of it on its socket first, and asks.
  world.server.sockets.at(-1)?.end(4100);
  return { a, b, done };
}

test("a logout of another tab counts while this one still asks what has become of its login", async () => {
  const { a, b, done } = await logOut(10, 10);
  await world.clock.advance(1_000);
  await done;
  expect(a.session.state()).toEqual({ kind: "out", why: "logout" });
  expect(b.session.state()).toEqual({ kind: "out", why: "logout" });
  expect((await world.store.peek()).ended).toBeUndefined();
});

test("a logout that another tab tells late is no end on another device", async () => {
  const { b, done } = await logOut(10, 500);
  await world.clock.advance(100);
  expect(b.session.state()).toEqual({ kind: "out", why: "revoked" });
  await world.clock.advance(1_000);
  await done;
  expect(b.session.state()).toEqual({ kind: "out", why: "logout" });
  expect((await world.store.peek()).owner).toBeUndefined();
});
