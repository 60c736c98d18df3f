import type { Model } from "./types";

/** What the model needs from outside; everything has a default for browsers. */
export type ModelOptions = Record<string, never>;

export function createModel(_options: ModelOptions = {}): Model {
  throw new Error("the model comes with the next commits");
}
