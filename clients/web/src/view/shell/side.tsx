import { createMemo, createSelector, createSignal, type JSX, Show } from "solid-js";
import { Dynamic } from "solid-js/web";
import { t } from "../../i18n";
import { useModel } from "../lib/context";
import { createNarrow } from "../lib/narrow";
import { routeTo } from "../lib/notify";
import { open } from "../lib/overlay";
import { go, href, type Route, route } from "../lib/route";
import { rove } from "../lib/rove";
import { Badge } from "../ui/badge";
import { Icon, type IconName, Mark } from "../ui/icons";
import { Keys, mod } from "../ui/kbd";
import { MenuButton } from "../ui/menu";
import { AskNotifications } from "./ask";
import type { IsStop } from "./item";
import { Me } from "./me";
import { Section } from "./section";
import css from "./side.module.css";

const PLACES: readonly string[] = ["/rooms", "/invitations"];

/** All that one can go to. */
export function Side(): JSX.Element {
  const model = useModel();
  let lists!: HTMLDivElement;
  const narrow = createNarrow();
  // Where it is all that is shown it is the main part of the page.
  const alone = () => narrow() && route().at === "home";
  const { rooms, dms, ready } = model.conversations;
  const [focused, setFocused] = createSignal<string>();
  const stop = createMemo(() => {
    const all = [...rooms(), ...dms()].map((c) => href(routeTo(c)));
    const { pathname } = new URL(href(route()), location.origin);
    return (
      [focused(), pathname].find((x) => x && (all.includes(x) || PLACES.includes(x))) ?? "/rooms"
    );
  });
  const isStop = createSelector(stop);
  const focus = (e: FocusEvent) => {
    const link = e.target instanceof Element ? e.target.closest("a") : null;
    if (link) setFocused(link.pathname);
  };
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: both roles have names
    <div
      class={css.side}
      data-side
      role={alone() ? "main" : "navigation"}
      aria-label={t("side.label")}
    >
      <div class={css.top}>
        <Mark size={26} />
        <Dynamic component={alone() ? "h1" : "span"} class={css.brand}>
          Lair
        </Dynamic>
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
        <Keys keys={[mod(), "K"]} />
      </button>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys are of the elements inside */}
      <div
        ref={lists}
        class={css.lists}
        onKeyDown={(e) => rove(e, lists, "a")}
        onFocusIn={focus}
        onFocusOut={() => setFocused(undefined)}
      >
        <Place isStop={isStop} to={{ at: "rooms" }} icon="hash" label={t("rooms.browse")} />
        <Place
          isStop={isStop}
          to={{ at: "invitations" }}
          icon="envelope"
          label={t("invitations")}
          count={model.invitations.pending().length}
        />
        <Section
          isStop={isStop}
          title={t("rooms")}
          add={t("room.create")}
          onAdd={() => open({ kind: "create-room" })}
          list={rooms()}
          ready={ready()}
          none={t("side.rooms.none")}
        />
        <Section
          isStop={isStop}
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
    </div>
  );
}

function Place(props: {
  isStop: IsStop;
  to: Route;
  icon: IconName;
  label: string;
  count?: number;
}): JSX.Element {
  return (
    <a
      class={css.item}
      href={href(props.to)}
      tabindex={props.isStop(href(props.to)) ? 0 : -1}
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
