import { ErrorBoundary, type JSX, lazy, Match, Suspense, Switch } from "solid-js";
import { t } from "../../i18n";
import { partMissing } from "../lib/broken";
import { close, type Overlay, overlay } from "../lib/overlay";
import { toast } from "../ui/toasts";

const Switcher = lazy(() => import("./switcher"));
const Help = lazy(() => import("./help"));
const CreateRoom = lazy(() => import("../rooms/create"));
const NewDm = lazy(() => import("../people/new-dm"));
const Invite = lazy(() => import("../rooms/invite"));
const RoomSettings = lazy(() => import("../rooms/settings"));
const Leave = lazy(() => import("../rooms/leave"));

/** Closes what broke, and says so; the page under it goes on. */
function Broken(props: { reset: () => void }): JSX.Element {
  close();
  const reload = { label: t("reload"), run: () => location.reload() };
  toast(t("error.dialog"), { bad: true, ...(partMissing() ? { action: reload } : {}) });
  queueMicrotask(() => props.reset());
  return undefined;
}

/** The one dialog that is open, loaded when it is asked for first. */
export function Overlays(): JSX.Element {
  const is = <K extends Overlay["kind"]>(kind: K) => {
    const now = overlay();
    return now?.kind === kind ? (now as Extract<Overlay, { kind: K }>) : undefined;
  };
  return (
    <ErrorBoundary fallback={(_, reset) => <Broken reset={reset} />}>
      <Suspense>
        <Switch>
          <Match when={is("switcher")}>
            <Switcher onClose={close} />
          </Match>
          <Match when={is("help")}>
            <Help onClose={close} />
          </Match>
          <Match when={is("create-room")}>
            <CreateRoom onClose={close} />
          </Match>
          <Match when={is("new-dm")}>
            <NewDm onClose={close} />
          </Match>
          <Match when={is("invite")}>{(o) => <Invite room={o().room} onClose={close} />}</Match>
          <Match when={is("room-settings")}>
            {(o) => <RoomSettings room={o().room} onClose={close} />}
          </Match>
          <Match when={is("leave")}>{(o) => <Leave room={o().room} onClose={close} />}</Match>
        </Switch>
      </Suspense>
    </ErrorBoundary>
  );
}
