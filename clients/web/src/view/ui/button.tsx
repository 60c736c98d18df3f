import { type JSX, Show, splitProps } from "solid-js";
import { cx } from "../lib/cx";
import { Badge } from "./badge";
import css from "./button.module.css";
import { Icon, type IconName } from "./icons";

type Native = JSX.ButtonHTMLAttributes<HTMLButtonElement>;

interface ButtonProps extends Native {
  look?: "main" | "quiet" | "bare" | "danger";
  size?: "small" | "wide";
  icon?: IconName;
  /** Says that the work is under way; a second click is of no use meanwhile. */
  busy?: boolean;
}

export function Button(props: ButtonProps): JSX.Element {
  const [own, rest] = splitProps(props, [
    "look",
    "size",
    "icon",
    "busy",
    "children",
    "class",
    "disabled",
  ]);
  return (
    <button
      type="button"
      {...rest}
      aria-busy={own.busy || undefined}
      disabled={own.disabled || own.busy}
      class={cx(css.button, css[own.look ?? "quiet"], own.size && css[own.size], own.class)}
    >
      <Show
        when={own.busy}
        fallback={<Show when={own.icon}>{(name) => <Icon name={name()} size={18} />}</Show>}
      >
        <span class={css.spin} />
      </Show>
      {own.children}
    </button>
  );
}

interface IconButtonProps extends Native {
  icon: IconName;
  /** The name for those who do not see the picture, and the tip for those who do. */
  label: string;
  /** A key that does the same, for the tip. */
  keys?: string;
  tight?: boolean;
  count?: number;
  size?: number;
}

export function IconButton(props: IconButtonProps): JSX.Element {
  const [own, rest] = splitProps(props, [
    "icon",
    "label",
    "keys",
    "tight",
    "count",
    "size",
    "class",
  ]);
  return (
    <button
      type="button"
      {...rest}
      aria-label={own.label}
      data-tip={own.keys ? `${own.label}\n${own.keys}` : own.label}
      class={cx(css.icon, own.tight && css.tight, own.class)}
    >
      <Icon name={own.icon} size={own.size ?? (own.tight ? 18 : 20)} />
      <Show when={own.count}>
        <span class={css.count}>
          <Badge count={own.count ?? 0} call />
        </span>
      </Show>
    </button>
  );
}
