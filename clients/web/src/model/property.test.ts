import fc from "fast-check";
import { expect, test } from "vitest";
import type { Talk } from "../testing/server";
import { conv, texts, World } from "../testing/world";
import type { Model, Timeline } from "./types";

// What may happen, in any order and in the middle of everything else. `n` chooses among what there
// is: a message, how long it takes.
const kinds = [
  ..."say say say send send edit edit remove ownEdit ownRemove".split(" "),
  ..."kill hole reload older newer jump newest open mark readElsewhere".split(" "),
  ..."loseAnswer limit cut leave rejoin wait wait wait".split(" "),
] as const;
const step = fc.record({ kind: fc.constantFrom(...kinds), n: fc.nat(1_000), tab: fc.nat(1) });

interface Run {
  readonly world: World;
  readonly hall: Talk;
  model: Model;
  line: Timeline | undefined;
}

const quiet = (p: Promise<unknown>) => void p.catch(() => {});

function pick<T>(list: readonly T[], n: number): T | undefined {
  return list.length === 0 ? undefined : list[n % list.length];
}

async function act(run: Run, kind: string, n: number): Promise<void> {
  const { world, hall } = run;
  const { server } = world;
  const messages = hall.messages.filter((m) => !m.deleted);
  const theirs = messages.filter((m) => m.author === world.bob);
  switch (kind) {
    case "say":
      for (let i = 0; i <= n % 4; i++) server.say(hall, world.bob, n % 5 ? `b${n}` : "hey @me");
      return;
    case "send":
      run.model.messages.send(hall.id, `mine ${n}`);
      return;
    case "edit": {
      const m = pick(theirs, n);
      if (m) server.edit(hall, m, n % 3 ? `edited ${n}` : "now @me");
      return;
    }
    case "remove": {
      const m = pick(theirs, n);
      if (m) server.remove(hall, m);
      return;
    }
    case "ownEdit":
    case "ownRemove": {
      const rows = run.line?.rows() ?? [];
      const own = rows.flatMap((r) =>
        r.kind === "message" && r.message().own ? [r.message()] : [],
      );
      const m = pick(own, n);
      if (!m) return;
      if (kind === "ownEdit") quiet(run.model.messages.edit(m, `changed ${n}`));
      else quiet(run.model.messages.remove(m));
      return;
    }
    case "kill":
      return server.kill(n % 2 ? 1006 : 4000);
    case "hole":
      server.skip = 1;
      return;
    case "reload":
      run.model.stop();
      run.model = world.page();
      run.model.start();
      run.line = undefined;
      await world.clock.advance(0);
      return;
    case "open":
      run.line?.close();
      run.line = run.model.conversations.get(hall.id) && run.model.messages.open(hall.id);
      return;
    case "older":
      quiet(run.line?.loadOlder() ?? Promise.resolve());
      return;
    case "newer":
      quiet(run.line?.loadNewer() ?? Promise.resolve());
      return;
    case "jump":
      quiet(run.line?.jumpTo(1 + (n % (hall.log.length + 1))) ?? Promise.resolve());
      return;
    case "newest":
      quiet(run.line?.jumpToNewest() ?? Promise.resolve());
      return;
    case "mark":
      run.model.conversations.markRead(hall.id);
      return;
    case "readElsewhere":
      server.read(hall, world.me, n % (hall.log.length + 1));
      return;
    case "loseAnswer":
      server.loseAnswers = 1;
      return;
    case "limit":
      server.refuse.push({ code: "rate_limited", message: "later", retry_after: n % 10 });
      return;
    case "cut":
      hall.kept = n % (hall.log.length + 1);
      return;
    case "leave":
      if (hall.members.has(world.me) && n % 3 === 0) server.leave(hall, world.me);
      return;
    case "rejoin":
      if (!hall.members.has(world.me)) server.join(hall, world.me);
      return;
    case "wait":
      await world.clock.advance(n);
  }
}

/** Everything that there is, as one who reads all of it anew sees it. */
const truth = (hall: Talk) => hall.messages.filter((m) => !m.deleted).map((m) => m.content);

async function readAll(world: World, line: Timeline): Promise<void> {
  quiet(line.jumpToNewest());
  await world.clock.advance(2_000);
  while (line.hasOlder()) {
    quiet(line.loadOlder());
    await world.clock.advance(2_000);
  }
}

test("whatever happens in whatever order, the timeline is what a fresh read gives", async () => {
  console.warn = () => {};
  const property = fc.asyncProperty(
    fc.nat(260),
    fc.array(step, { minLength: 5, maxLength: 60 }),
    fc.array(fc.nat(400), { minLength: 1, maxLength: 20 }),
    fc.integer({ min: 1, max: 2 }),
    async (history, steps, delays, tabs) => {
      const world = new World();
      let turn = 0;
      const delay = () => delays[turn++ % delays.length] ?? 0;
      const hall = world.server.room("hall", world.me, world.bob);
      for (let i = 0; i < history; i++)
        world.server.say(hall, world.bob, i % 9 ? `old ${i}` : `old ${i} @me`);
      world.server.httpDelay = delay;
      world.server.socketDelay = () => delay() / 4;
      const begin = async (): Promise<Run> => {
        const run: Run = { world, hall, model: await world.start(), line: undefined };
        await act(run, "open", 0);
        return run;
      };
      // One tab or several, with one store.
      const runs = [await begin()];
      while (runs.length < tabs) runs.push(await begin());
      for (const { kind, n, tab } of steps) await act(runs[tab % tabs] as Run, kind, n);

      if (!hall.members.has(world.me)) world.server.join(hall, world.me);
      world.server.skip = 0;
      world.server.loseAnswers = 0;
      // That the newest event was left out nobody can know before the next one.
      world.server.say(hall, world.bob, "last");
      await world.clock.advance(200_000);
      for (const run of runs) {
        expect(run.model.connection().kind).toBe("live");
        const line = run.line ?? run.model.messages.open(hall.id);
        await readAll(world, line);
        // What was said to a room that one was not in has been refused.
        for (const row of line.rows()) {
          if (row.kind !== "message" || row.message().state.kind !== "failed") continue;
          run.model.messages.drop(row.message().key);
        }
        await readAll(world, line);
        expect(texts(line)).toEqual(truth(hall));
        const state = conv(run.model, hall.id);
        expect(state.unsent()).toBe(0);
        expect(state.position).toBe(hall.log.length);
        expect(state.unread()).toBe(world.server.unread(hall, world.me));
        expect(state.mentions()).toBe(world.server.mentions(hall, world.me));
      }

      // And the same once more from what is stored.
      const model = await world.reload();
      await world.clock.advance(10_000);
      const again = model.messages.open(hall.id);
      await world.clock.advance(2_000);
      await readAll(world, again);
      expect(texts(again)).toEqual(truth(hall));
      expect(conv(model, hall.id).unread()).toBe(world.server.unread(hall, world.me));
      await world.stop();
    },
  );
  await fc.assert(property, {
    ...(process.env.SEED ? { seed: Number(process.env.SEED), path: process.env.FCPATH } : {}),
    numRuns: Number(process.env.RUNS ?? 60),
    endOnFailure: false,
  });
}, 120_000);
