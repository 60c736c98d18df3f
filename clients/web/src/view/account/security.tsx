import { createSignal, For, type JSX, Match, onMount, Show, Switch } from "solid-js";
import { t } from "../../i18n";
import type { Login } from "../../model";
import { attempt, createAction } from "../lib/action";
import { useModel } from "../lib/context";
import { clock, day } from "../lib/dates";
import room from "../rooms/rooms.module.css";
import { Tag } from "../ui/badge";
import { Button } from "../ui/button";
import { TextField } from "../ui/field";
import { Icon } from "../ui/icons";
import { Note } from "../ui/note";
import { ErrorState, Skeleton } from "../ui/states";
import { toast } from "../ui/toasts";
import { deviceName } from "./device";
import { passwordWrong } from "./rules";
import css from "./settings.module.css";

export function Security(): JSX.Element {
  return (
    <>
      <Password />
      <Logins />
    </>
  );
}

function Password(): JSX.Element {
  const model = useModel();
  const action = createAction();
  const [tried, setTried] = createSignal(false);
  const [old, setOld] = createSignal("");
  const [next, setNext] = createSignal("");
  const submit = async (e: SubmitEvent) => {
    e.preventDefault();
    setTried(true);
    if (!old() || passwordWrong(next())) return;
    if (!(await action.run(() => model.session.changePassword(old(), next())))) return;
    setOld("");
    setNext("");
    setTried(false);
    toast(t("password.changed"));
  };
  return (
    <section class={css.group}>
      <h2>{t("password.change")}</h2>
      <p>{t("password.change.text")}</p>
      <form onSubmit={(e) => void submit(e)} novalidate>
        <TextField
          label={t("password.old")}
          type="password"
          autocomplete="current-password"
          value={old()}
          wrong={
            action.code() === "incorrect_password"
              ? action.wrong()
              : tried() && !old()
                ? t("code.incorrect_password")
                : undefined
          }
          onInput={(e) => {
            action.clear();
            setOld(e.currentTarget.value);
          }}
        />
        <TextField
          label={t("password.new")}
          hint={t("password.hint")}
          type="password"
          autocomplete="new-password"
          value={next()}
          wrong={tried() ? passwordWrong(next()) : undefined}
          onInput={(e) => setNext(e.currentTarget.value)}
        />
        <Note bad text={action.code() === "incorrect_password" ? undefined : action.wrong()} />
        <Button type="submit" look="main" busy={action.busy()}>
          {t("password.change")}
        </Button>
      </form>
    </section>
  );
}

function Logins(): JSX.Element {
  const model = useModel();
  const { logins } = model;
  const load = () => void logins.load().catch(() => undefined);
  onMount(load);
  return (
    <section class={css.group}>
      <h2>{t("logins")}</h2>
      <p>{t("logins.text")}</p>
      <Switch>
        <Match when={logins.status() === "failed"}>
          <ErrorState text={t("logins.failed")} onRetry={load} />
        </Match>
        <Match when={logins.list().length === 0}>
          <Skeleton width="100%" height="4rem" />
        </Match>
        <Match when={true}>
          <ul class={room.cards}>
            <For each={logins.list()}>{(login) => <LoginCard login={login} />}</For>
          </ul>
          <Show when={logins.list().length > 1}>
            <div>
              <Button onClick={() => attempt(logins.revokeOthers(), t("logins.ended"))}>
                {t("logins.end.others")}
              </Button>
            </div>
          </Show>
        </Match>
      </Switch>
    </section>
  );
}

function LoginCard(props: { login: Login }): JSX.Element {
  const model = useModel();
  const since = () => Date.parse(props.login.created_at);
  return (
    <li class={room.card}>
      <Icon name="laptop" />
      <div class={room.cardMain}>
        <h3>
          {deviceName(props.login.user_agent)}
          <Show when={props.login.current}>
            <Tag good>{t("logins.current")}</Tag>
          </Show>
        </h3>
        <p class={room.count}>
          {props.login.address} · {day(since())}, {clock(since())}
        </p>
      </div>
      <Show when={!props.login.current}>
        <Button
          size="small"
          onClick={() => attempt(model.logins.revoke(props.login.id), t("logins.ended"))}
        >
          {t("logins.end")}
        </Button>
      </Show>
    </li>
  );
}
