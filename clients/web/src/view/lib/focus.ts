import { onMount } from "solid-js";

/** Whether people point with fingers: the keyboard of the screen would cover half of it. */
export const coarse = (): boolean => matchMedia("(pointer: coarse)").matches;

/** Gives the focus to a field that wants it: browsers obey `autofocus` only when they load a page. */
export function focusOnMount(field: () => HTMLElement, wanted: () => boolean | undefined): void {
  onMount(() => {
    if (wanted() && !coarse()) field().focus({ preventScroll: true });
  });
}
