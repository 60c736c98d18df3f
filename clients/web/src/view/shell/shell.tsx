import { createEffect, ErrorBoundary, type JSX, lazy, Match, on, Suspense, Switch } from "solid-js";
import { t } from "../../i18n";
import { partMissing } from "../lib/broken";
import { useModel } from "../lib/context";
import { followAttention } from "../lib/notify";
import { route } from "../lib/route";
import { ErrorState } from "../ui/states";
import { Home, Nowhere } from "./home";
import { Overlays } from "./overlays";
import { Pills } from "./pills";
import css from "./shell.module.css";
import { startShortcuts } from "./shortcuts";
import { Side } from "./side";
import { Talk } from "./talk";

const Directory = lazy(() => import("../rooms/directory"));
const InvitationList = lazy(() => import("../rooms/invitations"));
const Settings = lazy(() => import("../account/settings"));

/** The page of who is logged in. */
export function Shell(): JSX.Element {
  const model = useModel();
  let main!: HTMLElement;
  startShortcuts(model);
  const title = () => {
    const at = route();
    if (at.at === "room") return `${model.conversations.get(at.id)?.name() ?? t("room")} · Lair`;
    if (at.at === "dm") return `${model.users.name(at.user) || t("dms")} · Lair`;
    if (at.at === "rooms") return `${t("rooms.browse")} · Lair`;
    if (at.at === "invitations") return `${t("invitations")} · Lair`;
    return at.at === "settings" ? `${t("settings")} · Lair` : "Lair";
  };
  followAttention(model, title);
  // After a link was followed the focus is where the new page is, unless that took it itself.
  createEffect(
    on(
      () => route().at,
      () =>
        queueMicrotask(() => {
          if (!document.activeElement || document.activeElement === document.body)
            main.focus({ preventScroll: true });
        }),
      { defer: true },
    ),
  );
  return (
    <div class={css.shell} data-at={route().at}>
      <a class={css.skip} href="#main">
        {t("skip")}
      </a>
      <Side />
      <main ref={main} id="main" class={css.main} tabindex="-1">
        <ErrorBoundary
          fallback={(_, reset) => (
            <ErrorState
              text={t("error.page")}
              onRetry={partMissing() ? () => location.reload() : reset}
            />
          )}
        >
          <Suspense>
            <Switch fallback={<Nowhere />}>
              <Match when={route().at === "home"}>
                <Home />
              </Match>
              <Match when={route().at === "room" || route().at === "dm"}>
                <Talk />
              </Match>
              <Match when={route().at === "rooms"}>
                <Directory />
              </Match>
              <Match when={route().at === "invitations"}>
                <InvitationList />
              </Match>
              <Match when={route().at === "settings"}>
                <Settings />
              </Match>
            </Switch>
          </Suspense>
        </ErrorBoundary>
        <Pills />
      </main>
      <Overlays />
    </div>
  );
}
