import { createSignal, onCleanup, onMount } from "solid-js";

/** Whether anybody looks at this window now. */
export const isLooking = (): boolean =>
  document.visibilityState === "visible" && document.hasFocus();

/** The same as a signal. */
export function createLooking(): () => boolean {
  const [looking, setLooking] = createSignal(isLooking());
  onMount(() => {
    const off = new AbortController();
    const update = () => setLooking(isLooking());
    for (const name of ["focus", "blur"]) addEventListener(name, update, { signal: off.signal });
    document.addEventListener("visibilitychange", update, { signal: off.signal });
    onCleanup(() => off.abort());
  });
  return looking;
}
