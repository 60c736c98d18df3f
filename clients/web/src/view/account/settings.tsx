import { createEffect, createSignal, For, type JSX, Match, on, Show, Switch } from "solid-js";
import { t } from "../../i18n";
import { useModel } from "../lib/context";
import { href, route, SETTINGS, type SettingsPage } from "../lib/route";
import { PageHead } from "../shell/head";
import shell from "../shell/shell.module.css";
import { Confirm } from "../ui/dialog";
import { Icon, type IconName } from "../ui/icons";
import { Appearance } from "./appearance";
import { BlockList } from "./blocks";
import { Notifications } from "./notifications";
import { Profile } from "./profile";
import { Security } from "./security";
import css from "./settings.module.css";

const ICONS: Record<SettingsPage, IconName> = {
  profile: "person",
  security: "lock",
  appearance: "smile",
  notifications: "bell",
  blocks: "mute",
};

export default function Settings(): JSX.Element {
  const model = useModel();
  const [asking, setAsking] = createSignal(false);
  let menu!: HTMLElement;
  // Where it is narrow the pages stand in a row that scrolls.
  createEffect(
    on(page, () =>
      queueMicrotask(() =>
        menu
          .querySelector('[aria-current="page"]')
          ?.scrollIntoView({ block: "nearest", inline: "center" }),
      ),
    ),
  );
  function page() {
    const at = route();
    return (at.at === "settings" && at.page) || "profile";
  }
  return (
    <>
      <PageHead title={t("settings")} />
      <div class={shell.page}>
        <div class={css.settings}>
          <nav ref={menu} class={css.menu} aria-label={t("settings")}>
            <For each={SETTINGS}>
              {(name) => (
                <a
                  href={href({ at: "settings", page: name })}
                  aria-current={page() === name ? "page" : undefined}
                >
                  <Icon name={ICONS[name]} size={18} />
                  {t(`settings.${name}`)}
                </a>
              )}
            </For>
            <hr />
            <button type="button" onClick={() => setAsking(true)}>
              <Icon name="leave" size={18} />
              {t("logout")}
            </button>
          </nav>
          <div class={css.body}>
            <Switch>
              <Match when={page() === "profile"}>
                <Profile />
              </Match>
              <Match when={page() === "security"}>
                <Security />
              </Match>
              <Match when={page() === "appearance"}>
                <Appearance />
              </Match>
              <Match when={page() === "notifications"}>
                <Notifications />
              </Match>
              <Match when={page() === "blocks"}>
                <BlockList />
              </Match>
            </Switch>
          </div>
        </div>
      </div>
      <Show when={asking()}>
        <Confirm
          title={t("logout.title")}
          text={t("logout.text")}
          action={t("logout")}
          onClose={() => setAsking(false)}
          onYes={() => void model.session.logout().catch(() => undefined)}
        />
      </Show>
    </>
  );
}
