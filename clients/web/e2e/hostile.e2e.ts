import { expect } from "vitest";
import { eventually } from "./chat";
import { unique } from "./person";
import { settings } from "./settings";
import { scene } from "./stage";

// Whatever of this runs sets window.__pwned, which the stage watches.
const SCRIPTS = [
  "<script>window.__pwned=1</script>",
  '<img src=x onerror="window.__pwned=1">',
  '"><svg onload=window.__pwned=1>',
  "<iframe srcdoc='<script>parent.__pwned=1</script>'>",
  "<a href='javascript:window.__pwned=1'>x</a>",
  "<style>*{display:none}</style>",
  "{{constructor.constructor('window.__pwned=1')()}}",
  "$" + "{window.__pwned=1}",
];

const LINKS = [
  "[a](javascript:window.__pwned=1)",
  "[b](JaVaScRiPt:window.__pwned=1)",
  "[c](java\tscript:window.__pwned=1)",
  "[d](&#106;avascript:window.__pwned=1)",
  "[e](data:text/html,<script>window.__pwned=1</script>)",
  "[f](vbscript:x)",
  "[g](file:///etc/passwd)",
  "[h](//example.org/ok)",
  "![i](javascript:window.__pwned=1)",
  "<javascript:window.__pwned=1>",
  "[j]: javascript:window.__pwned=1\n\n[j]",
  "javascript:window.__pwned=1",
  '[k](https://example.org/"onmouseover="window.__pwned=1)',
];

const MARKDOWN = [
  "```<script>window.__pwned=1</script>\nx\n```",
  // Blocks in a language that is coloured.
  `\`\`\`html\n${SCRIPTS.join("\n")}\n\`\`\``,
  `\`\`\`js\n"</code>${SCRIPTS[0]}"; \`${SCRIPTS[7]}\`\n\`\`\``,
  "`<script>window.__pwned=1</script>`",
  `| <img src=x onerror=window.__pwned=1> | b |\n|---|---|\n| ${SCRIPTS[1]} | d |`,
  `${"> ".repeat(300)}deep`,
  `${"- ".repeat(200)}deep`,
  `${"*".repeat(800)}a${"*".repeat(800)}`,
  "[".repeat(1_000),
  "\u202egnp.exe",
  "a\u0000b\u0001c".replace("\u0000", "\u0002"),
  `e${"\u0301".repeat(300)}`,
];

scene("nothing of what strangers write runs", async (s) => {
  const [ann, mallory] = await s.pair();
  await mallory.call("PATCH", "/users/me", { display_name: "<img src=x onerror=__pwned=1>" });
  const name = `${unique("x")}<img src=x onerror=__pwned=1>`;
  const { room } = await mallory.call<{ room: { id: string } }>("POST", "/rooms", {
    name,
    description: SCRIPTS.join(" "),
  });
  const hall = { id: room.id, name };
  await ann.call("POST", `/rooms/${room.id}/join`);
  const all = [...SCRIPTS, ...LINKS, ...MARKDOWN];
  for (const text of all) await mallory.say(hall, text);
  const a = await (await s.browser({ as: ann })).open(`/r/${room.id}`);
  await a.title(name);
  await a.messages.last().waitFor();
  await eventually(async () => (await ann.history(hall)).length).toBe(all.length);
  // All of them are drawn once, from the newest to the oldest.
  const seen = new Set<string>();
  await eventually(async () => {
    for (const key of await a.messages.evaluateAll((x) =>
      x.map((one) => one.getAttribute("data-key")),
    ))
      seen.add(key ?? "");
    for (const link of await a.page
      .locator("a[href]")
      .evaluateAll((x) => x.map((one) => (one as HTMLAnchorElement).protocol)))
      expect(["https:", "http:", "mailto:"]).toContain(link);
    expect(
      await a.messages.locator("script, iframe, style, svg[onload], img, object, embed").count(),
    ).toBe(0);
    await a.scroll(-400);
    return seen.size;
  }).toBe(all.length);
  await a.button("Members and details").click();
  await a.panel.getByText("<img src=x").first().waitFor();
  await a.panel.getByRole("tab", { name: "About" }).click();
  await a.panel.getByText("<script>").waitFor();
  await a.page.keyboard.press("Control+k");
  await a.page.getByRole("combobox").fill("<img");
  await a.page.getByRole("option").first().waitFor();
  await a.page.keyboard.press("Escape");
  await a.open("/rooms");
  await a.page.getByLabel("Search rooms").fill(name.slice(0, 10));
  await a.card(name.slice(0, 10)).waitFor();
  await mallory.say(ann, SCRIPTS.join("\n\n"));
  await a.open(`/d/${mallory.id}`);
  await a.messages.first().waitFor();
});

scene("HTML that is pasted is text", async (s) => {
  const ann = await s.person("ann");
  const room = await ann.room("hall");
  const a = await (await s.browser({ as: ann })).open(`/r/${room.id}`);
  await a.box.waitFor();
  // Another page copies it: ours may not even parse it.
  const other = await a.page.context().newPage();
  await other.route("**/elsewhere", (route) =>
    route.fulfill({ contentType: "text/html", body: "<title>elsewhere</title>" }),
  );
  await other.goto("/elsewhere");
  await other.evaluate(async (html) => {
    const blob = (text: string, type: string) => new Blob([text], { type });
    await navigator.clipboard.write([
      new ClipboardItem({
        "text/html": blob(html, "text/html"),
        "text/plain": blob("plain words", "text/plain"),
      }),
    ]);
  }, "<b>bold</b><img src=x>");
  await other.close();
  await a.page.bringToFront();
  await a.box.click();
  await a.page.keyboard.press("Control+v");
  await eventually(() => a.box.inputValue()).toBe("plain words");
});

scene("the page has a strict policy, and no token where scripts can read it", async (s) => {
  const ann = await s.person("ann");
  const a = await s.browser({ as: ann });
  const answer = await a.page.goto("/");
  const head = answer?.headers() ?? {};
  const policy = head["content-security-policy"] ?? "";
  expect(policy).toMatch(/default-src '(none|self)'/);
  expect(policy).toContain("script-src 'self'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).toContain("require-trusted-types-for 'script'");
  expect(policy).not.toMatch(/unsafe-(inline|eval)|\*/);
  expect(head["referrer-policy"]).toMatch(/no-referrer|same-origin/);
  expect(head["x-content-type-options"]).toBe("nosniff");
  await a.inside();
  await a.online();
  expect(await a.page.evaluate(() => document.cookie)).toBe("");
  expect(await a.stored()).not.toContain(ann.token);
  expect(a.page.url()).toBe(`${settings.one.url}/`);
  // The policy is enforced, not only sent.
  s.expected.push(/requires 'TrustedHTML'/, /policy violated: require-trusted-types-for/);
  const refused = await a.page.evaluate(() => {
    try {
      document.createElement("div").innerHTML = "<b>x</b>";
      return "";
    } catch (e) {
      return `${e}`;
    }
  });
  expect(refused).toContain("TrustedHTML");
});
