// What the compiler's output calls instead of solid-js/web: the same, with templates that
// pass Trusted Types. vite.config.ts names this file as `moduleName`.
import { template as plain } from "solid-js/web";
import { compiled } from "./trusted";

export * from "solid-js/web";

export const template = ((html: string, ...rest: []) =>
  plain(compiled(html), ...rest)) as typeof plain;
