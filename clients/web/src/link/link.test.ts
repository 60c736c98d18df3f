import { expect, test } from "vitest";
import { FakeClock } from "../testing/clock";
import { FakeServer } from "../testing/server";
import { FakeEnvironment } from "../testing/world";
import { Backoff } from "./backoff";
import { type EventFrame, Link, type LinkState } from "./link";

async function linked() {
  const clock = new FakeClock();
  const server = new FakeServer(clock);
  const me = server.user("me");
  server.cookie = me;
  const environment = new FakeEnvironment();
  const states: string[] = [];
  const gone: string[] = [];
  const events: EventFrame[] = [];
  let last: LinkState = { kind: "idle" };
  const link = new Link({
    open: server.dial,
    clock,
    environment,
    clientName: "test",
    positions: () => ({ positions: {} }),
    onAuthenticated: (user) => user.id === me,
    onResumed: () => {},
    onEvent: (e) => events.push(e),
    onState: (s) => {
      last = s;
      states.push(s.kind);
    },
    onLoginGone: (why) => gone.push(why),
  });
  link.start();
  await clock.advance(0);
  return { clock, server, environment, link, states, gone, events, state: () => last };
}

test("it says hello, logs in with the cookie and resumes", async () => {
  const { server, states } = await linked();
  const said = server.sockets[0]?.said ?? [];
  expect(said.map((f) => f.type)).toEqual(["client_hello", "authenticate", "resume"]);
  expect(said[0]?.features).toEqual(["resume"]);
  expect(said[1]).not.toHaveProperty("token");
  expect(states).toEqual(["connecting", "live"]);
});

test("the codes of the table say whether and when to come back", async () => {
  const again: [code: number, least: number, most: number][] = [
    [1001, 0, 0],
    [1006, 0, 500],
    [1002, 30_000, 31_000],
    [1009, 30_000, 31_000],
    [4000, 0, 500],
    [4001, 0, 500],
    [4002, 2_000, 3_000],
    [4003, 15_000, 16_000],
    [4042, 0, 500],
  ];
  for (const [code, least, most] of again) {
    const { clock, server, state } = await linked();
    await clock.advance(11_000);
    server.kill(code);
    await clock.advance(0);
    const now = state();
    const wait = now.kind === "waiting" ? now.retryAt - clock.now() : 0;
    expect(wait, `${code}`).toBeGreaterThanOrEqual(least);
    expect(wait, `${code}`).toBeLessThanOrEqual(most);
    await clock.advance(most + 1);
    expect(state().kind, `${code}`).toBe("live");
  }
  for (const [code, why] of [
    [4100, "revoked"],
    [4101, "expired"],
    [4177, "revoked"],
  ] as const) {
    const { clock, server, gone, state } = await linked();
    server.kill(code);
    await clock.advance(120_000);
    expect(gone).toEqual([why]);
    expect(state().kind).toBe("idle");
  }
  const { clock, server, state } = await linked();
  server.kill(4102);
  await clock.advance(120_000);
  expect(state().kind).toBe("outdated");
  expect(server.sockets.length).toBe(0);
});

test("the pauses grow and have an end", () => {
  const clock = new FakeClock();
  clock.chance = 0.999;
  const backoff = new Backoff(clock);
  const pauses = Array.from({ length: 9 }, () => backoff.next());
  expect(pauses[0]).toBeLessThanOrEqual(500);
  for (let i = 1; i < 7; i++) expect(pauses[i]).toBeGreaterThanOrEqual(pauses[i - 1] ?? 0);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(30_000);
  backoff.reset();
  expect(backoff.next(1_000)).toBeGreaterThanOrEqual(1_000);
});

test("a server that is not there is asked for with pauses, and at once when the network is back", async () => {
  const { clock, server, environment, state, states } = await linked();
  server.reachable = false;
  server.kill();
  await clock.advance(120_000);
  const attempts = states.filter((s) => s === "connecting").length;
  expect(attempts).toBeGreaterThan(4);
  expect(attempts).toBeLessThan(20);
  server.reachable = true;
  environment.change({ isOnline: true });
  await clock.advance(400);
  expect(state().kind).toBe("live");
});

test("when asked to move it waits that long and moves", async () => {
  const { clock, server, states, state } = await linked();
  const before = server.sockets[0];
  before?.tell({ type: "reconnect", after_ms: 4_000 });
  await clock.advance(3_900);
  expect(server.sockets[0]).toBe(before);
  await clock.advance(200);
  expect(server.sockets[0]).not.toBe(before);
  expect(state().kind).toBe("live");
  expect(states).not.toContain("waiting");
});

test("it pings, and a wake from sleep finds a dead connection soon", async () => {
  const { clock, server, environment, state } = await linked();
  await clock.advance(95_000);
  const socket = server.sockets[0];
  expect(socket?.said.filter((f) => f.type === "ping").length).toBe(3);
  if (socket) socket.dead = true;
  environment.change({ isVisible: true });
  await clock.advance(5_000);
  expect(state().kind).toBe("live");
  expect(server.sockets.at(-1)).not.toBe(socket);
});

test("a question has a deadline, and is lost with its connection", async () => {
  const { clock, server, link } = await linked();
  const socket = server.sockets[0];
  if (socket) socket.dead = true;
  const ask = () =>
    link.ask(
      (id) => ({
        type: "send_message",
        request_id: id,
        target: { type: "room", room_id: "r" },
        content: "x",
        client_msg_id: "c",
      }),
      5_000,
    );
  const late = expect(ask()).rejects.toMatchObject({ code: "timeout" });
  await clock.advance(6_000);
  await late;
  const lost = expect(ask()).rejects.toMatchObject({ code: "lost" });
  server.kill();
  await clock.advance(0);
  await lost;
});

test("a login that is refused ends the attempts", async () => {
  const { clock, server, gone, state } = await linked();
  server.cookie = undefined;
  server.kill();
  await clock.advance(60_000);
  expect(gone).toEqual(["refused"]);
  expect(state().kind).toBe("idle");
});
