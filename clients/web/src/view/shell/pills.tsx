import {
  createEffect,
  createSignal,
  For,
  type JSX,
  Match,
  onCleanup,
  Show,
  Switch,
} from "solid-js";
import { isKey, t } from "../../i18n";
import type { Notice } from "../../model";
import { attempt } from "../lib/action";
import { useModel } from "../lib/context";
import { cx } from "../lib/cx";
import { clock } from "../lib/dates";
import { Button, IconButton } from "../ui/button";
import { Icon } from "../ui/icons";
import css from "./shell.module.css";

/** What is to be known about the connection and the session. It lies over the page and moves nothing. */
export function Pills(): JSX.Element {
  const model = useModel();
  return (
    <div class={css.pills} role="status">
      <ConnectionPill />
      <Show when={model.session.expiring()}>
        {(at) => (
          <div class={cx(css.pill, css.warn)}>
            <Icon name="clock" size={18} />
            <span>{t("session.expiring", { time: clock(at()) })}</span>
            <Button size="small" onClick={() => attempt(model.session.refresh())}>
              {t("session.stay")}
            </Button>
          </div>
        )}
      </Show>
      <For each={model.notices.list()}>{(notice) => <NoticePill notice={notice} />}</For>
    </div>
  );
}

function NoticePill(props: { notice: Notice }): JSX.Element {
  const model = useModel();
  const text = () => {
    const key = `notice.${props.notice.code}`;
    return isKey(key) ? t(key) : props.notice.text;
  };
  return (
    <div
      class={cx(
        css.pill,
        props.notice.severity === "warning" && css.warn,
        props.notice.severity === "critical" && css.grave,
      )}
    >
      <Icon name={props.notice.severity === "info" ? "info" : "warn"} size={18} />
      <span dir="auto">{text()}</span>
      <IconButton
        icon="close"
        label={t("close")}
        tight
        onClick={() => model.notices.dismiss(props.notice.id)}
      />
    </div>
  );
}

// A short break is nobody's business.
const PATIENCE = 1_500;

function ConnectionPill(): JSX.Element {
  const model = useModel();
  const state = model.connection;
  const [late, setLate] = createSignal(false);
  const [now, setNow] = createSignal(Date.now());
  const patience = setTimeout(() => setLate(true), PATIENCE);
  onCleanup(() => clearTimeout(patience));
  const waiting = () => {
    const s = state();
    return s.kind === "waiting" ? s : undefined;
  };
  createEffect(() => {
    if (!waiting()) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    onCleanup(() => clearInterval(timer));
  });
  return (
    <Switch>
      <Match when={state().kind === "offline"}>
        <div class={cx(css.pill, css.warn)}>
          <Icon name="offline" size={18} />
          <span>{t("connection.offline")}</span>
        </div>
      </Match>
      <Match when={waiting()}>
        {(w) => (
          <div class={cx(css.pill, css.warn)}>
            <Icon name="offline" size={18} />
            <span>
              {t("connection.lost")}{" "}
              <span aria-hidden="true">
                {t("connection.retry", { n: Math.max(1, Math.ceil((w().retryAt - now()) / 1000)) })}
              </span>
            </span>
            <Button size="small" onClick={() => model.reconnect()}>
              {t("connection.now")}
            </Button>
          </div>
        )}
      </Match>
      <Match when={state().kind === "outdated"}>
        <div class={cx(css.pill, css.warn)}>
          <Icon name="info" size={18} />
          <span>{t("connection.outdated")}</span>
          <Button size="small" onClick={() => location.reload()}>
            {t("reload")}
          </Button>
        </div>
      </Match>
      <Match when={state().kind === "connecting" && late()}>
        <div class={css.pill}>
          <Icon name="retry" size={18} />
          <span>{t("connection.connecting")}</span>
        </div>
      </Match>
    </Switch>
  );
}
