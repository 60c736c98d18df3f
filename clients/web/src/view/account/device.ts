const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdg\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bFirefox\//, "Firefox"],
  [/\bChrom(?:e|ium)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/iPhone|iPad/, "iOS"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/Linux/, "Linux"],
];

/** What a person would call a device, from what it says of itself. */
export function deviceName(agent: string): string {
  const browser = BROWSERS.find(([test]) => test.test(agent))?.[1];
  const system = SYSTEMS.find(([test]) => test.test(agent))?.[1];
  if (browser && system) return `${browser} · ${system}`;
  return browser ?? (agent.slice(0, 60) || "?");
}
