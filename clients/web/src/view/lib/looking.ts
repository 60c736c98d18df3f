import { createSignal, onCleanup, onMount } from "solid-js";

/** Whether anybody looks at this window now. */
export function createLooking(): () => boolean {
  const now = () => document.visibilityState === "visible" && document.hasFocus();
  const [looking, setLooking] = createSignal(now());
  onMount(() => {
    const off = new AbortController();
    const update = () => setLooking(now());
    for (const name of ["focus", "blur"]) addEventListener(name, update, { signal: off.signal });
    document.addEventListener("visibilitychange", update, { signal: off.signal });
    onCleanup(() => off.abort());
  });
  return looking;
}
