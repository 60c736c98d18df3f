import { type Accessor, createSignal, onCleanup } from "solid-js";

/** Whether there is room for one thing only: the list or what is chosen in it. As in shell.module.css. */
export function createNarrow(): Accessor<boolean> {
  const query = matchMedia("(max-width: 48rem)");
  const [narrow, setNarrow] = createSignal(query.matches);
  const change = () => setNarrow(query.matches);
  query.addEventListener("change", change);
  onCleanup(() => query.removeEventListener("change", change));
  return narrow;
}
