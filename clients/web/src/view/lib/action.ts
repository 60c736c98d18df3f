import { createSignal } from "solid-js";
import { toast } from "../ui/toasts";
import { codeOf, failureText } from "./failures";

export interface Action {
  readonly busy: () => boolean;
  /** Code and words of the last refusal. */
  readonly code: () => string | undefined;
  readonly wrong: () => string | undefined;
  clear(): void;
  /** Runs the work unless it runs already; says whether it went well. */
  run(work: () => Promise<unknown>): Promise<boolean>;
}

/** Work that a button starts: it is busy, then done or refused with words. */
export function createAction(): Action {
  const [busy, setBusy] = createSignal(false);
  const [failure, setFailure] = createSignal<unknown>();
  return {
    busy,
    code: () => (failure() ? codeOf(failure()) : undefined),
    wrong: () => (failure() ? failureText(failure()) : undefined),
    clear: () => setFailure(undefined),
    async run(work) {
      if (busy()) return false;
      setBusy(true);
      setFailure(undefined);
      try {
        await work();
        return true;
      } catch (e) {
        setFailure(e);
        return false;
      } finally {
        setBusy(false);
      }
    },
  };
}

/** For work without a place to say what went wrong: it says so below. */
export function attempt(work: Promise<unknown>, done?: string): void {
  work.then(
    () => done && toast(done),
    (e: unknown) => toast(failureText(e), { bad: true }),
  );
}
