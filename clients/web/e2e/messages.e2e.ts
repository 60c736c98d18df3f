import { expect } from "vitest";
import { eventually } from "./chat";
import { scene } from "./stage";

scene("a message is edited and deleted, for everybody", async (s) => {
  const [ann, bob] = await s.pair();
  const room = await ann.room("hall", [bob]);
  const a = await (await s.browser({ as: ann })).open(`/r/${room.id}`);
  const b = await (await s.browser({ as: bob })).open(`/r/${room.id}`);
  await a.say("first");
  await a.say("secnd");
  await b.hears("first", "secnd");
  await a.box.press("ArrowUp");
  const edit = a.page.getByLabel("Edit message");
  await edit.fill("second");
  await edit.press("Enter");
  await b.message("second").getByText("(edited)").waitFor();
  await a.message("second").getByText("(edited)").waitFor();
  await a.tool("first", "Delete");
  await a.dialog.getByRole("button", { name: "Delete" }).click();
  await eventually(() => b.texts()).toEqual(["second"]);
  await eventually(() => a.texts()).toEqual(["second"]);
});

scene("what fails is kept, and a retry sends it once", async (s) => {
  const [ann, bob] = await s.pair();
  const a = await (await s.browser({ as: ann })).open(`/d/${bob.id}`);
  await a.say("hello");
  await a.hears("hello");
  await a.settled();
  await bob.call("PUT", `/users/me/blocks/${ann.id}`);
  await a.say("can you hear me");
  const failed = a.message("can you hear me");
  await failed.getByText("Not sent: This person does not take messages from you.").waitFor();
  await bob.call("DELETE", `/users/me/blocks/${ann.id}`);
  await failed.getByRole("button", { name: "Try again" }).click();
  await failed.getByText("Not sent").waitFor({ state: "detached" });
  await a.settled();
  await a.page.reload();
  await a.hears("can you hear me");
  await eventually(() => a.texts()).toEqual(["hello", "can you hear me"]);
});

scene("Markdown, code, links and emoji look as they should", async (s) => {
  const ann = await s.person("ann");
  const room = await ann.room("hall");
  const a = await (await s.browser({ as: ann })).open(`/r/${room.id}`);
  await a.say(
    "# Title\n\n- one\n- *two*\n\n> quoted\n\n```go\nfunc main() {}\n```\n\n`code` https://example.org/x and [here](https://example.org/y) 🎉",
  );
  const m = a.message("Title");
  await m.waitFor();
  expect(await m.locator("li").count()).toBe(2);
  expect(await m.locator("em").textContent()).toBe("two");
  expect(await m.locator("blockquote").textContent()).toBe("quoted");
  await m.locator("pre span").first().waitFor();
  expect(await m.locator("pre span").allTextContents()).toEqual(["func", "main"]);
  expect(await m.locator("pre").textContent()).toBe("func main() {}");
  const links = await m.locator("a").evaluateAll((all) =>
    all.map((x) => ({
      href: x.getAttribute("href"),
      rel: x.getAttribute("rel"),
      target: x.getAttribute("target"),
    })),
  );
  expect(links.map((x) => x.href)).toEqual(["https://example.org/x", "https://example.org/y"]);
  for (const link of links)
    expect(link).toMatchObject({ rel: "noopener noreferrer nofollow", target: "_blank" });
  await m.getByRole("button", { name: "Copy code" }).click();
  await a.page.getByText("Copied").waitFor();
  expect(await a.page.evaluate(() => navigator.clipboard.readText())).toBe("func main() {}");
});

scene("names and emoji are completed, and a mention calls", async (s) => {
  const [ann, bob] = await s.pair();
  const room = await ann.room("hall", [bob]);
  const other = await bob.room("other");
  const a = await (await s.browser({ as: ann })).open(`/r/${room.id}`);
  const b = await (await s.browser({ as: bob })).open(`/r/${other.id}`);
  await b.item(room.name).waitFor();
  await a.box.click();
  await a.page.keyboard.type("hey @bo");
  await a.page.getByRole("option", { name: bob.name }).waitFor();
  await a.page.keyboard.press("Enter");
  expect(await a.box.inputValue()).toBe(`hey @${bob.name} `);
  await a.page.keyboard.type(":tada");
  await a.page.getByRole("option").first().waitFor();
  await a.page.keyboard.press("Tab");
  expect(await a.box.inputValue()).toContain("🎉");
  await a.page.keyboard.press("Enter");
  await b.item(room.name).getByText("1 mention").waitFor();
  await b.go(room.name);
  await b.hears(`@${bob.name}`);
});

scene(
  "what is unread is counted in the list, the title and the icon, and is read by looking",
  async (s) => {
    const [ann, bob] = await s.pair();
    const [room, other] = [await ann.room("hall", [bob]), await bob.room("other")];
    await ann.say(room, "before");
    const b = await (await s.browser({ as: bob })).open(`/r/${room.id}`);
    await b.hears("before");
    await b.settled();
    await eventually(() =>
      b
        .item(room.name)
        .getByText(/unread/)
        .count(),
    ).toBe(0);
    await b.go(other.name);
    await ann.say(room, "one");
    await ann.say(room, "two");
    await b.item(room.name).getByText("2 unread").waitFor();
    await ann.say(bob, "psst");
    await b
      .item(ann.name)
      .getByText(/1 (unread|mention)/)
      .waitFor();
    await eventually(() => b.page.title()).toMatch(/^\(\d\) /);
    await eventually(() => b.page.locator('link[rel="icon"]').getAttribute("href")).toBe(
      "/icon-unread.svg",
    );
    await b.go(room.name);
    await b.main.getByText("New", { exact: true }).waitFor();
    await b.hears("two");
    await b.go(other.name);
    await eventually(() =>
      b
        .item(room.name)
        .getByText(/unread/)
        .count(),
    ).toBe(0);
    await b.go(ann.name);
    await eventually(() => b.page.title()).not.toMatch(/^\(/);
    await eventually(() => b.page.locator('link[rel="icon"]').getAttribute("href")).toBe(
      "/icon.svg",
    );
    await b.page.reload();
    await b.inside();
    await eventually(() =>
      b.side
        .getByRole("link")
        .getByText(/unread|mention/)
        .count(),
    ).toBe(0);
  },
);

scene("who types is seen, and drafts stay with their rooms", async (s) => {
  const [ann, bob] = await s.pair();
  const [room, other] = [await ann.room("hall", [bob]), await ann.room("other")];
  const a = await (await s.browser({ as: ann })).open(`/r/${room.id}`);
  const b = await (await s.browser({ as: bob })).open(`/r/${room.id}`);
  await b.box.waitFor();
  await a.box.pressSequentially("a long story", { delay: 20 });
  await b.main.getByText(`${ann.name} is typing …`).waitFor();
  await a.go(other.name);
  expect(await a.box.inputValue()).toBe("");
  await a.item(room.name).getByText("Draft").waitFor();
  await a.box.fill("a short one");
  await eventually(() => a.stored()).toContain("a short one");
  await a.page.reload();
  await eventually(() => a.box.inputValue()).toBe("a short one");
  await a.go(room.name);
  expect(await a.box.inputValue()).toBe("a long story");
  await b.main.getByText("is typing").waitFor({ state: "detached" });
});

scene("a history of 3,000 scrolls both ways, and a link leads into it", async (s) => {
  const [ann, bob] = await s.pair();
  const room = await ann.room("long", [bob]);
  const said = await ann.fill(room, 3_000);
  const b = await (await s.browser({ as: bob })).open(`/r/${room.id}`);
  await b.hears(said.at(-1) ?? "");
  await b.tool(said.at(-1) ?? "", "Copy link");
  await b.page.getByText("Link copied").waitFor();
  expect(await b.page.evaluate(() => navigator.clipboard.readText())).toMatch(
    new RegExp(`/r/${room.id}\\?m=\\d+$`),
  );
  // What is on the screen is a piece of the history, without a hole or a repeat.
  const look = async (): Promise<{ first: number; last: number }> => {
    const texts = (await b.texts()).filter(Boolean);
    const first = said.indexOf(texts[0] ?? "");
    expect(texts).toEqual(said.slice(first, first + texts.length));
    return { first, last: first + texts.length - 1 };
  };
  const up = async () => {
    await b.scroll(-2_000);
    return (await look()).first;
  };
  const down = async () => {
    await b.scroll(2_000);
    return (await look()).last;
  };
  await eventually(up).toBeLessThan(2_700);
  await b.button("Newest").click();
  await b.hears(said.at(-1) ?? "");

  await b.open(`/r/${room.id}?m=1500`);
  await b.hears(said[1_499] ?? "");
  await eventually(up).toBeLessThan(1_350);
  await eventually(down).toBeGreaterThan(1_650);
  await ann.say(room, "and one more");
  await b.main.getByRole("button", { name: /Newest|new message/ }).click();
  await b.hears("and one more");
});

scene("a picture that is pasted is answered, and pasted text is text", async (s) => {
  const ann = await s.person("ann");
  const room = await ann.room("hall");
  const a = await (await s.browser({ as: ann })).open(`/r/${room.id}`);
  await a.box.click();
  await a.box.evaluate((el) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array([1])], "cat.png", { type: "image/png" }));
    el.dispatchEvent(
      new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }),
    );
  });
  await a.page.getByText("Files and images cannot be sent yet.").waitFor();
  expect(await a.box.inputValue()).toBe("");
});

scene("each day has one line above its messages, with its name", async (s) => {
  const [ann, bob] = await s.pair();
  const room = await ann.room("hall", [bob]);
  for (const text of ["long ago", "one day", "the same day", "now"]) await bob.say(room, text);
  const a = await s.browser({ as: ann });
  const ages: Record<string, number> = { "long ago": 1_000, "one day": 1, "the same day": 1 };
  // The past cannot be had from a server that has just begun.
  await a.page.route("**/api/v1/messages?*", async (route) => {
    const { search } = new URL(route.request().url());
    const body = await ann.call<{ messages: { content: string; created_at: string }[] }>(
      "GET",
      `/messages${search}`,
    );
    for (const m of body.messages) {
      const at = Date.parse(m.created_at) - (ages[m.content] ?? 0) * 86_400_000;
      m.created_at = new Date(at).toISOString();
    }
    await route.fulfill({ json: body });
  });
  await a.open(`/r/${room.id}`);
  await a.hears("long ago", "now");
  const lines = () =>
    a.main
      .locator("article, h2:not(article h2)")
      .evaluateAll((all) =>
        all.map((el) =>
          el.matches("h2")
            ? `— ${el.textContent?.trim()}`
            : (el.querySelector('div[dir="auto"]')?.textContent?.trim() ?? ""),
        ),
      );
  const then = Date.now() - 1_000 * 86_400_000;
  const date = new Intl.DateTimeFormat("en-GB", {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
  }).format(then);
  const days = [
    `— ${date}`,
    "long ago",
    "— Yesterday",
    "one day",
    "the same day",
    "— Today",
    "now",
  ];
  // Above them is the name of the room, where it begins.
  await eventually(async () => (await lines()).slice(1)).toEqual(days);
  await a.say("and now");
  await eventually(async () => (await lines()).slice(1)).toEqual([...days, "and now"]);
});
