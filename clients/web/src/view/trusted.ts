// The one Trusted Types policy of the client. Solid parses the static part of each
// component as HTML once; that text is made by the compiler, holds no data, and is the
// only HTML string there is. Everything that people write becomes text nodes.
interface Policy {
  createHTML(html: string): string;
  createScriptURL(url: string): string;
}

interface PolicyFactory {
  createPolicy(name: string, rules: Partial<Policy>): Policy;
}

const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes;

const policy = factory?.createPolicy("lair", {
  createHTML: (html) => html,
  createScriptURL: (url) => {
    if (url !== "/sw.js") throw new TypeError(`not a script of Lair: ${url}`);
    return url;
  },
});

/** Marks a template of the compiler as trusted; nothing else may call it. */
export const compiled = (html: string): string => policy?.createHTML(html) ?? html;

/** The address of the service worker, which is the only script that is named at run time. */
export const workerURL = (): string => policy?.createScriptURL("/sw.js") ?? "/sw.js";
