import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";

/** Long, as the machine may be busy; nothing waits for it to pass. */
export const PATIENCE = 30_000;

/** Asks until the answer is right. */
export const eventually = <T>(ask: () => T) =>
  expect.poll(ask, { timeout: PATIENCE, interval: 50 });

/** The web client on a page, in the words of who uses it. */
export class Chat {
  constructor(readonly page: Page) {}

  async open(path = "/"): Promise<this> {
    await this.page.goto(path, { waitUntil: "commit" });
    return this;
  }

  /** Another tab of the same browser. */
  async tab(path = "/"): Promise<Chat> {
    return new Chat(await this.page.context().newPage()).open(path);
  }

  // Getting in and out.

  async fill(label: string, text: string): Promise<void> {
    await this.page.getByLabel(label, { exact: true }).fill(text);
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  async signUp(name: string, password: string): Promise<void> {
    await this.page.getByRole("tab", { name: "Create account" }).click();
    await this.page.getByLabel("User name").fill(name);
    await this.page.getByLabel("E-mail address").fill(`${name}@example.org`);
    await this.page.getByLabel("Password").fill(password);
    await this.button("Create account").click();
    await this.inside();
  }

  async signIn(name: string, password: string): Promise<void> {
    await this.page.getByLabel("User name or e-mail address").fill(name);
    await this.page.getByLabel("Password").fill(password);
    await this.button("Log in").click();
  }

  async signOut(): Promise<void> {
    await this.button("Settings").click();
    await this.button("Log out").click();
    await this.dialog.getByRole("button", { name: "Log out" }).click();
    await this.outside();
  }

  /** Waits until one is logged in, or is not. */
  async inside(): Promise<void> {
    await this.side.waitFor();
  }

  async outside(): Promise<void> {
    await this.page.getByRole("tab", { name: "Log in" }).waitFor();
  }

  /** Takes this browser off the network, or gives it back. */
  async offline(off: boolean): Promise<void> {
    await this.page.context().setOffline(off);
  }

  /** Waits until one's own picture says that the connection lives. */
  async online(): Promise<void> {
    await this.side.locator("[class*=_here_]").last().waitFor();
  }

  /** Waits until the page would open without a network. */
  async ready(): Promise<void> {
    await this.page.evaluate(() => navigator.serviceWorker.ready);
    await eventually(() => this.stored()).toMatch(/"https:[^"]*\/kept\?/);
  }

  /** All that the browser keeps of the page, as text. */
  stored(): Promise<string> {
    return this.page.evaluate(async () => {
      const done = <T>(request: IDBRequest<T>) =>
        new Promise<T>((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      const found: unknown[] = [{ ...localStorage }, { ...sessionStorage }];
      for (const { name } of await indexedDB.databases()) {
        const db = await done(indexedDB.open(name ?? ""));
        for (const store of db.objectStoreNames)
          found.push(await done(db.transaction(store).objectStore(store).getAll()));
        db.close();
      }
      for (const name of await caches.keys())
        for (const request of await (await caches.open(name)).keys()) found.push(request.url);
      return JSON.stringify(found);
    });
  }

  // The parts of the page.

  get side(): Locator {
    return this.page.locator("[data-side]");
  }

  get main(): Locator {
    return this.page.locator("#main");
  }

  get dialog(): Locator {
    return this.page.getByRole("dialog");
  }

  get panel(): Locator {
    return this.page.getByRole("complementary");
  }

  get toasts(): Locator {
    return this.page.getByRole("status");
  }

  /** A conversation in the list. */
  item(name: string): Locator {
    return this.side.getByRole("link", { name });
  }

  async go(name: string): Promise<void> {
    await this.item(name).click();
    await this.title(name);
  }

  async title(name: string): Promise<void> {
    await this.main.getByRole("heading", { level: 1, name }).waitFor();
  }

  /** What a list of the page says about one thing. */
  card(name: string): Locator {
    return this.main.getByRole("listitem").filter({ hasText: name });
  }

  // Messages.

  get box(): Locator {
    return this.main.getByRole("textbox", { name: /^Write (in|to) / });
  }

  async say(text: string): Promise<void> {
    await this.box.fill(text);
    await this.box.press("Enter");
  }

  get messages(): Locator {
    return this.main.locator("article");
  }

  message(text: string | RegExp): Locator {
    return this.messages.filter({ hasText: text });
  }

  /** Waits until there is one message with this text. */
  async hears(...texts: string[]): Promise<void> {
    for (const text of texts) await this.message(text).first().waitFor();
  }

  /** What is on the screen, from top to bottom. */
  texts(): Promise<string[]> {
    return this.messages.evaluateAll((all) =>
      all.map((one) => one.querySelector<HTMLElement>('div[dir="auto"]')?.textContent.trim() ?? ""),
    );
  }

  /** Waits until no message waits to be sent, and the connection lives. */
  async settled(): Promise<void> {
    await eventually(() => this.message(/Sending|Waits for the connection/).count()).toBe(0);
  }

  /** Scrolls the messages, as a wheel does. */
  async scroll(by: number): Promise<void> {
    await this.main.getByRole("region", { name: /^Messages in / }).hover();
    await this.page.mouse.wheel(0, by);
  }

  /** Picks from the menu of a member in the panel. */
  async member(name: string, action: string): Promise<void> {
    await this.panel.getByRole("button", { name: `Actions for ${name}` }).click();
    await this.page.getByRole("menuitem", { name: action, exact: true }).click();
  }

  /** Picks from the menu of a message. */
  async tool(text: string, name: string): Promise<void> {
    const message = this.message(text);
    await message.hover();
    await message.getByRole("toolbar").getByRole("button", { name: "More" }).click();
    await this.page.getByRole("menuitem", { name }).click();
  }
}
