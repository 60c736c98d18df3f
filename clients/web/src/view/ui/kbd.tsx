import { For, type JSX } from "solid-js";
import { t } from "../../i18n";
import css from "./kbd.module.css";

const apple = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);

/** The key that shortcuts go with here. */
export const mod = (): string => (apple ? "⌘" : t("key.ctrl"));

/** Keys that are pressed together, or one after the other. */
export function Keys(props: { keys: readonly string[] }): JSX.Element {
  return (
    <span class={css.keys}>
      <For each={props.keys}>{(key) => <kbd class={css.kbd}>{key}</kbd>}</For>
    </span>
  );
}
