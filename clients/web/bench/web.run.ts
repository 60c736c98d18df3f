import { existsSync } from "node:fs";
import { type BrowserContext, type CDPSession, chromium, type Page } from "playwright-core";
import { test } from "vitest";
import type { Person, Room } from "../e2e/person";
import { serve } from "./server";

const figures: [what: string, value: number, unit: string, goal: number | undefined][] = [];
const say = (what: string, value: number, unit: string, goal?: number) =>
  figures.push([what, value, unit, goal]);

const median = (all: number[]) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;

/** Remembers when the first message was on the screen, and every long task. */
const watch = () => {
  const w = window as unknown as { seen?: number; long: number[] };
  w.long = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) w.long.push(entry.duration);
  }).observe({ type: "longtask", buffered: true });
  const look = () => {
    if (!document.querySelector("main article")) return void requestAnimationFrame(look);
    requestAnimationFrame(() => {
      w.seen = performance.now();
    });
  };
  requestAnimationFrame(look);
};

async function visit(context: BrowserContext, room: Room) {
  const page = await context.newPage();
  await page.addInitScript(watch);
  const cdp = await context.newCDPSession(page);
  await cdp.send("Network.enable");
  const scripts = new Set<string>();
  let bytes = 0;
  let open = true;
  cdp.on("Network.responseReceived", (e) => {
    if (/\.js$/.test(new URL(e.response.url).pathname)) scripts.add(e.requestId);
  });
  cdp.on("Network.loadingFinished", (e) => {
    if (open && scripts.has(e.requestId)) bytes += e.encodedDataLength;
  });
  await page.goto(`/r/${room.id}`, { waitUntil: "commit" });
  const seen = await (
    await page.waitForFunction(() => (window as unknown as { seen?: number }).seen)
  ).jsonValue();
  open = false;
  return { page, cdp, bytes, seen: seen ?? 0 };
}

const heap = async (cdp: CDPSession): Promise<number> => {
  await cdp.send("HeapProfiler.collectGarbage");
  return (await cdp.send("Runtime.getHeapUsage")).usedSize / 2 ** 20;
};

/** From a click on a room in the list to the frame after its messages are there. */
const switchTo = (page: Page, room: Room): Promise<number> =>
  page.evaluate(
    ([path, name]) =>
      new Promise<number>((done) => {
        const link = document.querySelector<HTMLAnchorElement>(`a[href="${path}"]`);
        const from = performance.now();
        link?.click();
        const look = () => {
          const there =
            document.querySelector("#main h1")?.textContent === name &&
            document.querySelector("#main article");
          if (!there) return void requestAnimationFrame(look);
          const channel = new MessageChannel();
          channel.port1.onmessage = () => done(performance.now() - from);
          channel.port2.postMessage(0);
        };
        requestAnimationFrame(look);
      }),
    [`/r/${room.id}`, room.name] as const,
  );

async function sayAt(who: Person, room: Room, rate: number, seconds: number): Promise<number> {
  const from = Date.now();
  const under = new Set<Promise<unknown>>();
  let n = 0;
  while (Date.now() - from < seconds * 1_000) {
    for (; n < ((Date.now() - from) / 1_000) * rate; n++) {
      const one: Promise<unknown> = who
        .say(room, `number ${n}, with some **words** in it`)
        .finally(() => under.delete(one));
      under.add(one);
    }
    await new Promise((next) => setTimeout(next, 5));
  }
  await Promise.all(under);
  return n / ((Date.now() - from) / 1_000);
}

test("what the client costs", async () => {
  const server = await serve();
  const place = { url: server.url, api: server.url, key: "" };
  process.env.LAIR_E2E = JSON.stringify({ one: place, many: place, brief: place });
  const { Person } = await import("../e2e/person");
  const path = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
    existsSync,
  );
  const browser = await chromium.launch(path ? { executablePath: path } : {});
  const [ann, bob] = [await Person.register("one", "ann"), await Person.register("one", "bob")];
  const [hall, den] = [await ann.room("hall", [bob]), await ann.room("den", [bob])];
  await bob.fill(hall, 200);
  await bob.fill(den, 200);
  const context = async () => {
    const made = await browser.newContext({ baseURL: server.url });
    await made.addCookies([
      { name: "lair", value: ann.token, url: server.url, httpOnly: true, sameSite: "Strict" },
    ]);
    return made;
  };

  const cold: number[] = [];
  let bytes = 0;
  for (let i = 0; i < 3; i++) {
    const c = await context();
    const first = await visit(c, hall);
    bytes = first.bytes;
    cold.push(first.seen);
    await c.close();
  }
  say("JavaScript until the first room shows, as sent", bytes / 1_000, "KB", 90);
  say("first room visible, nothing stored", median(cold), "ms", 1_000);

  const c = await context();
  const { page, cdp } = await visit(c, hall);
  const warm: number[] = [];
  await bob.fill(hall, 10_000); // it is all told to the page, which stores it
  await page
    .getByText(/^message \d+\./)
    .last()
    .waitFor();
  for (const room of [den, hall]) await switchTo(page, room);
  const switches: number[] = [];
  for (let i = 0; i < 10; i++) {
    switches.push(await switchTo(page, den));
    switches.push(await switchTo(page, hall));
  }
  say("switch to another room, 10,000 messages stored", median(switches), "ms", 50);
  say("the slowest of twenty switches", Math.max(...switches), "ms", 50);
  for (let i = 0; i < 3; i++) {
    const again = await visit(c, hall);
    warm.push(again.seen);
    await again.page.close();
  }
  say("first room visible, out of the store", median(warm), "ms", 1_000);

  await page.evaluate(() => {
    (window as unknown as { long: number[] }).long.length = 0;
  });
  const box = page.locator("#main textarea");
  let busy = true;
  const typing = (async () => {
    while (busy) {
      await box.pressSequentially("words and more ", { delay: 15 });
      await page.mouse.move(700, 300);
      await page.mouse.wheel(0, -300);
      await page.mouse.wheel(0, 300);
      await box.fill("");
    }
  })();
  const rate = await sayAt(bob, hall, 200, 10);
  busy = false;
  await typing;
  const long = await page.evaluate(() => (window as unknown as { long: number[] }).long);
  say("messages a second that arrived meanwhile", rate, "/s", undefined);
  say("tasks over 50 ms in 10 s", long.length, "", 0);
  say("the longest of them", Math.max(0, ...long), "ms", 50);

  const before = await heap(cdp);
  await bob.fill(den, 7_200); // two a second for an hour
  await page.getByRole("link", { name: den.name }).waitFor();
  const after = await heap(cdp);
  say("heap before an hour of traffic", before, "MB", undefined);
  say("heap after it", after, "MB", before * 1.2);

  await browser.close();
  await server.stop();
  for (const [what, value, unit, goal] of figures) {
    const number = `${value.toFixed(value < 100 ? 1 : 0)} ${unit}`.padStart(12);
    const ratio = goal
      ? `${(value / goal).toFixed(2)} of ${goal.toFixed(0)} ${unit}`
      : goal === 0
        ? "none wanted"
        : "";
    console.log(`${what.padEnd(50)} ${number}  ${ratio}`);
  }
});
