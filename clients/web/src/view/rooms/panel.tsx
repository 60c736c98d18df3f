import { createSignal, type JSX, onCleanup, onMount, Show } from "solid-js";
import { t } from "../../i18n";
import type { Conversation } from "../../model";
import { setPanelOpen } from "../lib/prefs";
import { PersonPanel } from "../people/panel";
import { IconButton } from "../ui/button";
import { Tabs } from "../ui/tabs";
import { About } from "./about";
import { MemberList } from "./members";
import css from "./rooms.module.css";

/** Who is here, and what this is; beside the messages, or over them where it is narrow. */
export default function Panel(props: { conversation: Conversation }): JSX.Element {
  let el!: HTMLElement;
  const [tab, setTab] = createSignal<"members" | "about">("members");
  const isRoom = () => props.conversation.kind === "room";
  onMount(() => {
    const key = (e: KeyboardEvent) => {
      if (
        e.key !== "Escape" ||
        e.defaultPrevented ||
        document.querySelector(":popover-open:not([aria-hidden]), dialog[open]")
      )
        return;
      e.stopPropagation();
      setPanelOpen("no");
    };
    el.addEventListener("keydown", key);
    onCleanup(() => el.removeEventListener("keydown", key));
  });
  return (
    <aside ref={el} class={css.panel} aria-label={t(isRoom() ? "panel.room" : "panel.dm")}>
      <header class={css.panelHead}>
        <h2>{t(isRoom() ? "panel.room" : "panel.dm")}</h2>
        <IconButton icon="close" label={t("close")} onClick={() => setPanelOpen("no")} />
      </header>
      <Show when={isRoom()} fallback={<PersonPanel user={props.conversation.peer ?? ""} />}>
        <div class={css.panelTabs}>
          <Tabs
            label={t("panel.room")}
            panel="room-panel"
            at={tab()}
            onPick={setTab}
            tabs={[
              { id: "members", label: t("members") },
              { id: "about", label: t("about") },
            ]}
          />
        </div>
        <div
          class={css.panelBody}
          id="room-panel"
          role="tabpanel"
          aria-labelledby={`room-panel-${tab()}`}
        >
          <Show when={tab() === "members"} fallback={<About conversation={props.conversation} />}>
            <MemberList conversation={props.conversation} />
          </Show>
        </div>
      </Show>
    </aside>
  );
}
