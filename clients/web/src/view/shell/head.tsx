import { type JSX, Match, Show, Switch } from "solid-js";
import { t } from "../../i18n";
import type { Conversation } from "../../model";
import { useModel } from "../lib/context";
import { open } from "../lib/overlay";
import { panelOpen, setPanelOpen } from "../lib/prefs";
import { go } from "../lib/route";
import { NotifyMenu } from "../rooms/notify-menu";
import { Avatar } from "../ui/avatar";
import { IconButton } from "../ui/button";
import { Icon } from "../ui/icons";
import css from "./shell.module.css";

/** The way back to the list, where there is room for one thing only. */
export function Back(): JSX.Element {
  return (
    <IconButton class={css.back} icon="back" label={t("back")} onClick={() => go({ at: "home" })} />
  );
}

/** A page that is no conversation: its title, and what else belongs beside it. */
export function PageHead(props: { title: string; children?: JSX.Element }): JSX.Element {
  return (
    <header class={css.head}>
      <Back />
      <div class={css.titles}>
        <h1>{props.title}</h1>
      </div>
      {props.children}
    </header>
  );
}

export function ConversationHead(props: { conversation: Conversation }): JSX.Element {
  const model = useModel();
  const c = () => props.conversation;
  const mayInvite = () => c().role() === "owner" || c().role() === "moderator";
  const presence = () =>
    c().peer === model.session.me()?.id
      ? t("dm.self.topic")
      : model.users.online(c().peer ?? "")
        ? t("online")
        : t("offline");
  return (
    <header class={css.head}>
      <Back />
      <Switch>
        <Match when={c().kind === "room"}>
          <Icon name={c().room()?.settings.is_private ? "lock" : "hash"} />
        </Match>
        <Match when={c().kind === "dm"}>
          <Avatar
            id={c().peer ?? ""}
            name={c().name()}
            size="small"
            here={model.users.online(c().peer ?? "")}
          />
        </Match>
      </Switch>
      <div class={css.titles}>
        <h1 dir="auto">{c().name() || t("someone")}</h1>
        <p class={css.topic} dir="auto" title={c().topic() || undefined}>
          {c().kind === "room" ? c().topic() : presence()}
        </p>
      </div>
      <Show when={mayInvite()}>
        <IconButton
          icon="invite"
          label={t("invite.people")}
          onClick={() => open({ kind: "invite", room: c() })}
        />
      </Show>
      <NotifyMenu conversation={c()} />
      <IconButton
        icon={c().kind === "room" ? "people" : "info"}
        label={t(c().kind === "room" ? "panel.room" : "panel.dm")}
        aria-pressed={panelOpen() === "yes"}
        onClick={() => setPanelOpen(panelOpen() === "yes" ? "no" : "yes")}
      />
    </header>
  );
}
