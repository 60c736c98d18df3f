import { createMemo, For, type JSX, Match, Show, Switch } from "solid-js";
import { t } from "../../i18n";
import type { Conversation } from "../../model";
import { useModel } from "../lib/context";
import { brief } from "../lib/dates";
import { routeTo } from "../lib/notify";
import { open } from "../lib/overlay";
import { go, href } from "../lib/route";
import rooms from "../rooms/rooms.module.css";
import { Avatar } from "../ui/avatar";
import { Badge } from "../ui/badge";
import { Button } from "../ui/button";
import { EmptyState } from "../ui/states";
import { PageHead } from "./head";
import css from "./home.module.css";
import shell from "./shell.module.css";

/** Nothing is open: what happened meanwhile, or a first step for who is new here. */
export function Home(): JSX.Element {
  const model = useModel();
  const all = () => [...model.conversations.dms(), ...model.conversations.rooms()];
  const fresh = () => model.conversations.ready() && all().length === 0;
  const unread = createMemo(() =>
    all()
      .filter((c) => c.unread() > 0 && c.notify() !== "none")
      .sort((a, b) => b.mentions() - a.mentions() || b.lastActivity() - a.lastActivity()),
  );
  return (
    <Switch
      fallback={<EmptyState page icon="check" title={t("home.title")} text={t("home.text")} />}
    >
      <Match when={fresh()}>
        <EmptyState page icon="hash" title={t("home.new.title")} text={t("home.new.text")}>
          <Button look="main" icon="search" onClick={() => go({ at: "rooms" })}>
            {t("rooms.browse")}
          </Button>
          <Button icon="plus" onClick={() => open({ kind: "create-room" })}>
            {t("room.create")}
          </Button>
          <Button icon="envelope" onClick={() => open({ kind: "new-dm" })}>
            {t("dm.new")}
          </Button>
        </EmptyState>
      </Match>
      <Match when={unread().length > 0}>
        <PageHead title={t("home.unread")} />
        <div class={shell.page}>
          <div class={rooms.wrap}>
            <ul class={rooms.cards}>
              <For each={unread()}>{(c) => <Line conversation={c} />}</For>
            </ul>
          </div>
        </div>
      </Match>
    </Switch>
  );
}

function Line(props: { conversation: Conversation }): JSX.Element {
  const model = useModel();
  const c = props.conversation;
  const kind = () => (c.room()?.settings.is_private ? "private" : "public");
  const said = () => {
    const last = c.lastMessage();
    const text = last?.content.replace(/\s+/g, " ").slice(0, 160) ?? c.topic();
    return last && c.kind === "room"
      ? `${model.users.name(last.author) || t("someone")}: ${text}`
      : text;
  };
  return (
    <li>
      <a class={css.line} href={href(routeTo(c))}>
        <Avatar
          id={c.peer ?? c.id}
          name={c.name()}
          {...(c.kind === "room" ? { room: kind() } : {})}
        />
        <span class={css.text}>
          <bdi>{c.name()}</bdi>
          <bdi>{said()}</bdi>
        </span>
        <Show when={c.lastActivity()}>{(at) => <span class={css.time}>{brief(at())}</span>}</Show>
        <Badge count={c.mentions() || c.unread()} call={c.mentions() > 0} />
        <span class="away">
          {c.mentions() > 0
            ? t("side.mentions", { n: c.mentions() })
            : t("side.unread", { n: c.unread() })}
        </span>
      </a>
    </li>
  );
}

export function Nowhere(): JSX.Element {
  return (
    <EmptyState page icon="search" title={t("nowhere.title")} text={t("nowhere.text")}>
      <Button onClick={() => go({ at: "home" })}>{t("nowhere.home")}</Button>
    </EmptyState>
  );
}
