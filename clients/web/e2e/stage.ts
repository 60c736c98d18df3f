import { join } from "node:path";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from "playwright-core";
import { afterAll, test } from "vitest";
import { Chat } from "./chat";
import { Person } from "./person";
import { type System, settings } from "./settings";

let running: Promise<Browser> | undefined;

const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: settings.chromium,
    args: [
      `--ignore-certificate-errors-spki-list=${[settings.one, settings.many, settings.brief].map((x) => x.key)}`,
      // The two processors belong to the servers, too.
      "--disable-gpu",
      "--force-color-profile=srgb",
    ],
  });

afterAll(async () => {
  await (await running)?.close();
  running = undefined;
});

/** What must not happen on any page, in any scenario. */
const watcher = () => {
  document.addEventListener("securitypolicyviolation", (e) => {
    console.error(`policy violated: ${e.violatedDirective} ${e.blockedURI} ${e.sample}`);
  });
  Object.defineProperty(window, "__pwned", {
    set: () => console.error("something of a stranger ran"),
  });
};

interface Options extends BrowserContextOptions {
  /** Who is logged in already. */
  as?: Person;
  /** Where the browser comes in, if nobody is. */
  system?: System;
}

/** Where one scenario happens: its people and browsers, which are gone afterwards. */
export class Stage {
  readonly #contexts: BrowserContext[] = [];
  readonly #complaints: string[] = [];
  /** What the console is expected to say. */
  readonly expected: RegExp[] = [];
  /** The network is expected to fail, and the console to say so. */
  rough = false;

  constructor(private readonly system: System) {}

  /** Two people. */
  pair(): Promise<[ann: Person, bob: Person]> {
    return Promise.all([this.person("ann"), this.person("bob")]);
  }

  person(name: string): Promise<Person> {
    return Person.register(this.system, name);
  }

  /** A browser of its own, with nothing in it but perhaps a login. */
  async browser(options: Options = {}): Promise<Chat> {
    const { as, system = as?.system ?? this.system, ...rest } = options;
    running ??= launch();
    const context = await (await running).newContext({
      baseURL: settings[system].url,
      viewport: { width: 1280, height: 800 },
      locale: "en-GB",
      colorScheme: "light",
      reducedMotion: "reduce",
      permissions: ["clipboard-read", "clipboard-write"],
      ...rest,
    });
    this.#contexts.push(context);
    context.setDefaultTimeout(30_000);
    await context.addInitScript(watcher);
    context.on("page", (page) => this.#watch(page));
    if (as) await signIn(context, as);
    return new Chat(await context.newPage());
  }

  #watch(page: Page): void {
    page.on("pageerror", (error) => this.#complaints.push(`${error.stack ?? error}`));
    // A network interface of this machine came or went, and the browser gave up what it was
    // loading. That says nothing about the page: it is loaded again, as anybody would do.
    page.on("requestfailed", (request) => {
      const part = ["document", "script", "stylesheet"].includes(request.resourceType());
      if (part && request.failure()?.errorText.includes("ERR_NETWORK_CHANGED"))
        page.reload({ waitUntil: "commit" }).catch(() => undefined);
    });
    page.on("console", (message) => {
      if (message.type() !== "error" && message.type() !== "warning") return;
      const text = message.text();
      // The browser itself writes about each request that is refused: a login that is not there,
      // a name that is taken. Those are answers that the page expects.
      if (/^Failed to load resource: the server responded with a status of 4/.test(text)) return;
      if (this.expected.some((x) => x.test(text))) return;
      // The page heals itself: how often that is needed is the business of other tests.
      if (/^(own )?events are missing/.test(text)) return;
      if (text.includes("ERR_NETWORK_CHANGED")) return;
      // The page was left, or its login was found to be over, while it was still connecting.
      if (text.endsWith("WebSocket is closed before the connection is established.")) return;
      if (this.rough && /^(Failed to load resource|WebSocket connection to)/.test(text)) return;
      this.#complaints.push(`${message.type()}: ${text} (${message.location().url})`);
    });
  }

  /** Pictures of all pages, to see why a scenario failed. */
  async shoot(name: string): Promise<void> {
    const file = name.replace(/\W+/g, "-").slice(0, 80);
    for (const [i, page] of this.#contexts.flatMap((c) => c.pages()).entries()) {
      const path = join(settings.artefacts, "failed", `${file}-${i + 1}.png`);
      await page.screenshot({ path, timeout: 10_000 }).catch(() => undefined);
    }
  }

  async end(): Promise<void> {
    for (const context of this.#contexts) await context.close();
    if (this.#complaints.length > 0) throw new Error(this.#complaints.join("\n"));
  }
}

async function signIn(context: BrowserContext, who: Person): Promise<void> {
  await context.addCookies([
    {
      name: "__Host-lair",
      value: who.token,
      url: settings[who.system].url,
      secure: true,
      httpOnly: true,
      sameSite: "Strict",
    },
  ]);
}

type Play = (stage: Stage) => Promise<void>;

async function perform(system: System, name: string, play: Play): Promise<void> {
  const stage = new Stage(system);
  try {
    await play(stage);
  } catch (error) {
    await stage.shoot(name);
    await stage.end().catch((more) => {
      throw new Error(`${more}`, { cause: error });
    });
    throw error;
  }
  await stage.end();
}

function scenario(system: System): (name: string, play: Play) => void {
  return (name, play) => test(name, () => perform(system, name, play));
}

/** A scenario with everything in one process. */
export const scene = scenario("one");

/** A scenario with two gateways. */
export const wideScene = scenario("many");

/** A scenario where logins are about to end. */
export const briefScene = scenario("brief");
