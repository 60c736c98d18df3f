import { type JSX, lazy, Match, Suspense, Switch } from "solid-js";
import { close, type Overlay, overlay } from "../lib/overlay";

const Switcher = lazy(() => import("./switcher"));
const Help = lazy(() => import("./help"));
const CreateRoom = lazy(() => import("../rooms/create"));
const NewDm = lazy(() => import("../people/new-dm"));
const Invite = lazy(() => import("../rooms/invite"));
const RoomSettings = lazy(() => import("../rooms/settings"));
const Leave = lazy(() => import("../rooms/leave"));

/** The one dialog that is open, loaded when it is asked for first. */
export function Overlays(): JSX.Element {
  const is = <K extends Overlay["kind"]>(kind: K) => {
    const now = overlay();
    return now?.kind === kind ? (now as Extract<Overlay, { kind: K }>) : undefined;
  };
  return (
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
  );
}
