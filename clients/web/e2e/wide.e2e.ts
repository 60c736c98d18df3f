import { expect } from "vitest";
import { type Chat, eventually } from "./chat";
import type { Person, Room } from "./person";
import { control } from "./settings";
import { type Stage, wideScene } from "./stage";

/** One person on each gateway, in one room. */
async function apart(
  s: Stage,
): Promise<{ ann: Person; bob: Person; room: Room; a: Chat; b: Chat }> {
  const [ann, bob] = await s.pair();
  const room = await ann.room("hall", [bob]);
  await control("many", "prefer", "gateway-1");
  const a = await (await s.browser({ as: ann })).open(`/r/${room.id}`);
  await a.box.waitFor();
  await a.online();
  await control("many", "prefer", "gateway-2");
  const b = await (await s.browser({ as: bob })).open(`/r/${room.id}`);
  await b.box.waitFor();
  await b.online();
  await control("many", "prefer", "any");
  return { ann, bob, room, a, b };
}

/** Both see what the server has, and nothing else. */
async function agree(ann: Person, room: Room, ...pages: Chat[]): Promise<string[]> {
  const history = (await ann.history(room)).map((x) => x.content);
  for (const page of pages) await eventually(() => page.texts()).toEqual(history);
  return history;
}

wideScene("two people on two gateways talk", async (s) => {
  const { ann, room, a, b } = await apart(s);
  for (let i = 0; i < 5; i++) {
    await a.say(`ann ${i}`);
    await b.hears(`ann ${i}`);
    await b.say(`bob ${i}`);
    await a.hears(`bob ${i}`);
  }
  await a.settled();
  await b.settled();
  expect(await agree(ann, room, a, b)).toHaveLength(10);
});

wideScene("a gateway dies while somebody types: the page moves to the other one", async (s) => {
  s.rough = true;
  const { ann, bob, room, a, b } = await apart(s);
  await a.say("before");
  await b.hears("before");
  await a.settled();
  await a.box.pressSequentially("I was just ");
  await control("many", "kill", "gateway-1");
  try {
    await a.box.pressSequentially("saying");
    await bob.say(room, "meanwhile");
    await a.hears("meanwhile");
    expect(await a.box.inputValue()).toBe("I was just saying");
    await a.box.press("Enter");
    await b.hears("I was just saying");
    await a.settled();
    expect(await agree(ann, room, a, b)).toEqual(["before", "meanwhile", "I was just saying"]);
  } finally {
    await control("many", "start", "gateway-1");
  }
});

wideScene("messages that are under way when a gateway dies come once", async (s) => {
  s.rough = true;
  const { ann, room, a, b } = await apart(s);
  const said: string[] = [];
  for (let i = 0; i < 12; i++) {
    said.push(`number ${i}.`);
    await a.say(`number ${i}.`);
    if (i === 5) await control("many", "kill", "gateway-1");
  }
  try {
    await b.hears("number 11.");
    await a.settled();
    expect(await agree(ann, room, a, b)).toEqual(said);
  } finally {
    await control("many", "start", "gateway-1");
  }
});

wideScene("a gateway that stops in good order is left without anybody noticing", async (s) => {
  s.rough = true;
  const { ann, room, a, b } = await apart(s);
  await a.say("before");
  await b.hears("before");
  await control("many", "stop", "gateway-1");
  try {
    await a.say("after");
    await b.hears("after");
    await a.settled();
    await agree(ann, room, a, b);
  } finally {
    await control("many", "start", "gateway-1");
  }
});
