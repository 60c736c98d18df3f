import { For, type JSX, Match, Show, Switch } from "solid-js";
import { t } from "../../i18n";
import type { Conversation } from "../../model";
import { useModel } from "../lib/context";
import { open } from "../lib/overlay";
import { go, href, type Route, route } from "../lib/route";
import { rove } from "../lib/rove";
import { Avatar } from "../ui/avatar";
import { Badge } from "../ui/badge";
import { IconButton } from "../ui/button";
import { Icon, type IconName, Mark } from "../ui/icons";
import { Keys, MOD } from "../ui/kbd";
import { MenuButton } from "../ui/menu";
import { Skeleton } from "../ui/states";
import { AskNotifications } from "./ask";
import { ConversationItem } from "./item";
import css from "./side.module.css";

/** All that one can go to. */
export function Side(): JSX.Element {
  const model = useModel();
  let lists!: HTMLDivElement;
  const { rooms, dms, ready } = model.conversations;
  return (
    <nav class={css.side} aria-label={t("side.label")}>
      <div class={css.top}>
        <Mark size={26} />
        <span class={css.brand}>Lair</span>
        <MenuButton
          icon="plus"
          label={t("side.new")}
          items={() => [
            { label: t("dm.new"), icon: "envelope", run: () => open({ kind: "new-dm" }) },
            { label: t("room.create"), icon: "hash", run: () => open({ kind: "create-room" }) },
            {
              label: t("rooms.browse"),
              icon: "search",
              rule: true,
              run: () => go({ at: "rooms" }),
            },
          ]}
        />
      </div>
      <button type="button" class={css.jump} onClick={() => open({ kind: "switcher" })}>
        <Icon name="search" size={16} />
        <span>{t("side.jump")}</span>
        <Keys keys={[MOD, "K"]} />
      </button>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys are of the elements inside */}
      <div ref={lists} class={css.lists} onKeyDown={(e) => rove(e, lists, "a")}>
        <Place to={{ at: "rooms" }} icon="hash" label={t("rooms.browse")} />
        <Place
          to={{ at: "invitations" }}
          icon="envelope"
          label={t("invitations")}
          count={model.invitations.pending().length}
        />
        <Section
          title={t("rooms")}
          add={t("room.create")}
          onAdd={() => open({ kind: "create-room" })}
          list={rooms()}
          ready={ready()}
          none={t("side.rooms.none")}
        />
        <Section
          title={t("dms")}
          add={t("dm.new")}
          onAdd={() => open({ kind: "new-dm" })}
          list={dms()}
          ready={ready()}
          none={t("side.dms.none")}
        />
      </div>
      <AskNotifications />
      <Me />
    </nav>
  );
}

function Place(props: { to: Route; icon: IconName; label: string; count?: number }): JSX.Element {
  return (
    <a
      class={css.item}
      href={href(props.to)}
      aria-current={route().at === props.to.at ? "page" : undefined}
    >
      <span class={css.glyph}>
        <Icon name={props.icon} size={18} />
      </span>
      <span class={css.name}>{props.label}</span>
      <Show when={props.count}>
        {(n) => (
          <>
            <Badge count={n()} call />
            <span class="away">{t("side.waiting", { n: n() })}</span>
          </>
        )}
      </Show>
    </a>
  );
}

interface SectionProps {
  title: string;
  add: string;
  none: string;
  ready: boolean;
  list: readonly Conversation[];
  onAdd: () => void;
}

function Section(props: SectionProps): JSX.Element {
  return (
    <section class={css.section}>
      <div class={css.sectionHead}>
        <h2>{props.title}</h2>
        <IconButton icon="plus" label={props.add} tight onClick={() => props.onAdd()} />
      </div>
      <Switch
        fallback={
          <ul>
            <For each={props.list}>
              {(c) => (
                <li>
                  <ConversationItem conversation={c} />
                </li>
              )}
            </For>
          </ul>
        }
      >
        <Match when={!props.ready && props.list.length === 0}>
          <div class={css.bones} role="status" aria-label={t("loading")}>
            <For each={["70%", "50%", "60%"]}>{(w) => <Skeleton width={w} height="0.9rem" />}</For>
          </div>
        </Match>
        <Match when={props.list.length === 0}>
          <p class={css.none}>{props.none}</p>
        </Match>
      </Switch>
    </section>
  );
}

function Me(): JSX.Element {
  const model = useModel();
  return (
    <Show when={model.session.me()}>
      {(me) => (
        <div class={css.me}>
          <Avatar
            id={me().id}
            name={me().display_name || me().username}
            here={model.connection().kind === "live"}
          />
          <div class={css.who}>
            <p dir="auto">{me().display_name || me().username}</p>
            <p>@{me().username}</p>
          </div>
          <IconButton
            icon="keyboard"
            label={t("help.title")}
            keys="?"
            onClick={() => open({ kind: "help" })}
          />
          <IconButton
            icon="gear"
            label={t("settings")}
            onClick={() => go({ at: "settings", page: "profile" })}
          />
        </div>
      )}
    </Show>
  );
}
