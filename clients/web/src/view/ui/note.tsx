import { type JSX, Show } from "solid-js";
import { cx } from "../lib/cx";
import { Icon } from "./icons";
import css from "./note.module.css";

/** A word about the whole of a form or page; what went wrong is read out at once. */
export function Note(props: { text: string | undefined; bad?: boolean }): JSX.Element {
  return (
    <div role={props.bad ? "alert" : "status"}>
      <Show when={props.text}>
        {(text) => (
          <p class={cx(css.note, props.bad && css.bad)}>
            <Icon name={props.bad ? "warn" : "info"} size={18} />
            <span>{text()}</span>
          </p>
        )}
      </Show>
    </div>
  );
}
