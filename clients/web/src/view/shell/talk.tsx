import { createEffect, type JSX, lazy, Match, onCleanup, Show, Suspense, Switch } from "solid-js";
import { t } from "../../i18n";
import type { Conversation } from "../../model";
import { Composer } from "../composer/composer";
import { useModel } from "../lib/context";
import { panelOpen } from "../lib/prefs";
import { route } from "../lib/route";
import { setEditing } from "../timeline/active";
import { Timeline } from "../timeline/timeline";
import { toast } from "../ui/toasts";
import { ConversationHead } from "./head";
import css from "./shell.module.css";

const Panel = lazy(() => import("../rooms/panel"));
const Preview = lazy(() => import("../rooms/preview"));

/** The conversation that the address names. */
export function Talk(): JSX.Element {
  const model = useModel();
  const conversation = (): Conversation | undefined => {
    const at = route();
    if (at.at === "room") return model.conversations.get(at.id);
    return at.at === "dm" ? model.conversations.dm(at.user) : undefined;
  };
  const room = () => {
    const at = route();
    return at.at === "room" ? at.id : undefined;
  };
  return (
    <Switch>
      <Match when={conversation()} keyed>
        {(c) => <Open conversation={c} />}
      </Match>
      <Match when={model.conversations.ready() && room()} keyed>
        {(id) => (
          <Suspense>
            <Preview id={id} />
          </Suspense>
        )}
      </Match>
    </Switch>
  );
}

function Open(props: { conversation: Conversation }): JSX.Element {
  const model = useModel();
  const editLast = () => setEditing(model.messages.lastOwn(props.conversation.id)?.key);
  onCleanup(() => setEditing(undefined));
  createEffect(() => {
    const stop = (e: DragEvent) => {
      if (!e.dataTransfer?.types.includes("Files")) return;
      e.preventDefault();
      if (e.type === "drop") toast(t("files.none"), { bad: true });
    };
    for (const name of ["dragover", "drop"] as const) addEventListener(name, stop);
    onCleanup(() => {
      for (const name of ["dragover", "drop"] as const) removeEventListener(name, stop);
    });
  });
  return (
    <div class={css.columns}>
      <div class={css.talk}>
        <ConversationHead conversation={props.conversation} />
        <Timeline conversation={props.conversation} />
        <Composer conversation={props.conversation} onEditLast={editLast} />
      </div>
      <Show when={panelOpen() === "yes"}>
        <Suspense>
          <Panel conversation={props.conversation} />
        </Suspense>
      </Show>
    </div>
  );
}
