import { type JSX, Show } from "solid-js";
import { cx } from "../lib/cx";
import { hue, initials } from "../lib/hue";
import css from "./avatar.module.css";
import { Icon } from "./icons";

interface AvatarProps {
  id: string;
  name: string;
  size?: "small" | "large";
  /** Shows that the person is online; say it in words somewhere, too. */
  here?: boolean | undefined;
  room?: "public" | "private";
}

/** A person as an arch with initials, a room as a tile; the colour comes from the id. */
export function Avatar(props: AvatarProps): JSX.Element {
  return (
    <span
      aria-hidden="true"
      class={cx(
        css.avatar,
        css[`h${hue(props.id, 8)}`],
        props.size && css[props.size],
        props.here && css.here,
        props.room && css.room,
      )}
    >
      <Show when={props.room} fallback={initials(props.name)}>
        <Icon
          name={props.room === "private" ? "lock" : "hash"}
          size={props.size === "large" ? 32 : props.size === "small" ? 14 : 18}
        />
      </Show>
    </span>
  );
}
