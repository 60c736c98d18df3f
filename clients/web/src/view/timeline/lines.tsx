import { type JSX, Match, Show, Switch } from "solid-js";
import { t } from "../../i18n";
import type { Conversation } from "../../model";
import { useModel } from "../lib/context";
import { cx } from "../lib/cx";
import { day, shortDate } from "../lib/dates";
import { open } from "../lib/overlay";
import { Avatar } from "../ui/avatar";
import { Button } from "../ui/button";
import css from "./timeline.module.css";

export function DayLine(props: { day: number }): JSX.Element {
  return <h2 class={css.line}>{day(props.day)}</h2>;
}

export function UnreadLine(): JSX.Element {
  return <p class={cx(css.line, css.unread)}>{t("timeline.new")}</p>;
}

/** The first thing in a conversation: what it is and since when. */
export function Start(props: { conversation: Conversation }): JSX.Element {
  const model = useModel();
  const c = () => props.conversation;
  const self = () => c().peer === model.session.me()?.id;
  return (
    <header class={css.start}>
      <Switch>
        <Match when={c().kind === "room"}>
          <Avatar
            id={c().id}
            name={c().name()}
            size="large"
            room={c().room()?.settings.is_private ? "private" : "public"}
          />
          <h2>{c().name()}</h2>
          <p dir="auto">{c().topic() || t("room.start.plain")}</p>
          <Show when={c().room()?.created_at}>
            {(at) => <p>{t("room.start.since", { date: shortDate(Date.parse(at())) })}</p>}
          </Show>
          <Show when={c().role() === "owner" || c().role() === "moderator"}>
            <div>
              <Button icon="invite" onClick={() => open({ kind: "invite", room: c() })}>
                {t("invite.people")}
              </Button>
            </div>
          </Show>
        </Match>
        <Match when={c().kind === "dm"}>
          <Avatar id={c().peer ?? ""} name={c().name()} size="large" />
          <h2>{c().name()}</h2>
          <p>{self() ? t("dm.start.self") : t("dm.start", { name: c().name() })}</p>
        </Match>
      </Switch>
    </header>
  );
}
