/** How a system is reached: the page, the API in clear, and the key that the browser is to trust. */
export interface Place {
  readonly url: string;
  readonly api: string;
  readonly key: string;
}

interface Settings {
  /** Everything in one process. */
  readonly one: Place;
  /** A process for each service, two gateways. */
  readonly many: Place;
  /** One process that tells at once that a login ends, which it does a day later. */
  readonly brief: Place;
  readonly control: string;
  readonly chromium: string;
  readonly artefacts: string;
}

const text = process.env.LAIR_E2E;
if (!text) throw new Error("LAIR_E2E is not set: `make test-web` runs these, or see docs/web.md");

export const settings: Settings = JSON.parse(text);

export type System = "one" | "many" | "brief";

/** Does something to a system from outside: kills a process, cuts the network, makes an administrator. */
export async function control(
  system: System,
  verb: "kill" | "stop" | "start" | "pause" | "resume" | "cut" | "mend" | "prefer" | "promote",
  name = "network",
): Promise<void> {
  const url = `${settings.control}/${system}/${verb}/${name}`;
  const answer = await fetch(url, { method: "POST" });
  if (!answer.ok) throw new Error(`${verb} ${name}: ${await answer.text()}`);
}
