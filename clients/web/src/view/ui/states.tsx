import { type JSX, Show } from "solid-js";
import { Dynamic } from "solid-js/web";
import { t } from "../../i18n";
import { cx } from "../lib/cx";
import { Button } from "./button";
import { Icon, type IconName } from "./icons";
import css from "./states.module.css";

interface StateProps {
  icon: IconName;
  title: string;
  text?: string;
  bad?: boolean;
  /** It is all that the page has: its title is that of the page. */
  page?: boolean;
  children?: JSX.Element;
}

/** Nothing is here, and this is why, and what to do. */
export function EmptyState(props: StateProps): JSX.Element {
  return (
    <div class={cx(css.state, props.bad && css.bad)}>
      <div class={css.art}>
        <Icon name={props.icon} size={32} />
      </div>
      <Dynamic component={props.page ? "h1" : "h2"} class={css.title}>
        {props.title}
      </Dynamic>
      <Show when={props.text}>
        <p class={css.text}>{props.text}</p>
      </Show>
      <Show when={props.children}>
        <div class={css.do}>{props.children}</div>
      </Show>
    </div>
  );
}

export function ErrorState(props: { text: string; onRetry?: () => void }): JSX.Element {
  return (
    <div role="alert" class={css.alert}>
      <EmptyState icon="warn" title={t("error.title")} text={props.text} bad>
        <Show when={props.onRetry}>
          <Button icon="retry" onClick={() => props.onRetry?.()}>
            {t("retry")}
          </Button>
        </Show>
      </EmptyState>
    </div>
  );
}

/** A grey shape where text will be. Its surroundings say "loading" in words. */
export function Skeleton(props: { width: string; height?: string; round?: boolean }): JSX.Element {
  return (
    <span
      aria-hidden="true"
      class={css.bone}
      style={{
        width: props.width,
        height: props.height ?? "0.8em",
        "border-radius": props.round ? "var(--arch)" : undefined,
      }}
    />
  );
}
