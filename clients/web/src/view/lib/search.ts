import { type Accessor, createEffect, createSignal, on, onCleanup } from "solid-js";

export interface Search<T> {
  readonly found: Accessor<T | undefined>;
  readonly failure: Accessor<unknown>;
  readonly busy: Accessor<boolean>;
  again(): void;
}

const PAUSE = 200;

/** Asks while one types: after a pause, and only the last answer counts. */
export function createSearch<T>(
  text: Accessor<string>,
  ask: (text: string) => Promise<T>,
): Search<T> {
  const [found, setFound] = createSignal<T>();
  const [failure, setFailure] = createSignal<unknown>();
  const [busy, setBusy] = createSignal(true);
  const [turn, setTurn] = createSignal(0);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = 0;
  const run = async (wanted: string) => {
    const mine = ++last;
    try {
      const answer = await ask(wanted);
      if (mine !== last) return;
      setFailure(undefined);
      setFound(() => answer);
    } catch (e) {
      if (mine === last) setFailure(() => e);
    } finally {
      if (mine === last) setBusy(false);
    }
  };
  let first = true;
  createEffect(
    on([text, turn], ([wanted]) => {
      setBusy(true);
      clearTimeout(timer);
      if (first) void run(wanted);
      else timer = setTimeout(() => void run(wanted), PAUSE);
      first = false;
    }),
  );
  onCleanup(() => {
    last++;
    clearTimeout(timer);
  });
  return { found, failure, busy, again: () => setTurn((n) => n + 1) };
}
