import type { Failure } from "../model";

export const fail = (code: string): Failure => ({ code, message: code, status: 400 });
/** As long as a server may take. */
export const later = (ms = 400) => new Promise<void>((done) => setTimeout(done, ms));

export async function refuse(code: string): Promise<never> {
  await later();
  throw fail(code);
}
