// The model: everything that the views show and do. They import from here only.

export type * from "../wire/objects";
export { createModel, type ModelOptions } from "./model";
export type * from "./types";
