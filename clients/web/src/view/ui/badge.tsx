import type { JSX } from "solid-js";
import { cx } from "../lib/cx";
import css from "./badge.module.css";

/** How many are unread. `call` is for what was meant for oneself. */
export function Badge(props: { count: number; call?: boolean }): JSX.Element {
  return (
    <span class={cx(css.badge, props.call && css.call)} aria-hidden="true">
      {props.count > 99 ? "99+" : props.count}
    </span>
  );
}

export function Tag(props: { good?: boolean; children: JSX.Element }): JSX.Element {
  return <span class={cx(css.tag, props.good && css.good)}>{props.children}</span>;
}
