import { createSignal, type JSX, onMount, Show } from "solid-js";
import { createStore } from "solid-js/store";
import { t } from "../../i18n";
import type { Conversation } from "../../model";
import { attempt, createAction } from "../lib/action";
import { useModel } from "../lib/context";
import { go } from "../lib/route";
import { Button } from "../ui/button";
import { Confirm, Dialog } from "../ui/dialog";
import { Note } from "../ui/note";
import { Tabs } from "../ui/tabs";
import { BanList } from "./bans";
import { capacityOf, descriptionWrong, nameWrong, RoomFields, type RoomForm } from "./form";
import css from "./rooms.module.css";

/** Changes a room: for its moderators; deleting it is for owners. */
export default function RoomSettings(props: {
  room: Conversation;
  onClose: () => void;
}): JSX.Element {
  const model = useModel();
  const action = createAction();
  const [tab, setTab] = createSignal<"general" | "bans">("general");
  const [asking, setAsking] = createSignal(false);
  const now = () => props.room.room();
  const [form, set] = createStore<RoomForm>({
    name: "",
    description: "",
    private: false,
    moderated: false,
    capacity: "",
  });
  onMount(() => {
    const s = now()?.settings;
    set({
      name: props.room.name(),
      description: s?.description ?? "",
      private: s?.is_private ?? false,
      moderated: s?.moderated ?? false,
      capacity: s?.max_members ? String(s.max_members) : "",
    });
  });
  const inField = () =>
    action.code()?.startsWith("room_name") || action.code() === "validation_failed";
  const save = async () => {
    if (tab() !== "general" || nameWrong(form.name) || descriptionWrong(form.description)) return;
    const settings = {
      public: !form.private,
      moderated: form.moderated,
      max_members: capacityOf(form.capacity),
    };
    const done = await action.run(() =>
      model.rooms.update(props.room.id, {
        name: form.name.trim(),
        description: form.description.trim(),
        settings,
      }),
    );
    if (done) props.onClose();
  };
  const remove = () => {
    const { id } = props.room; // which is gone with the dialog
    props.onClose();
    go({ at: "home" });
    attempt(model.rooms.remove(id), t("room.deleted"));
  };
  return (
    <Dialog
      title={t("room.settings")}
      onClose={props.onClose}
      onSubmit={() => void save()}
      foot={
        <Show
          when={tab() === "general"}
          fallback={<Button onClick={() => props.onClose()}>{t("close")}</Button>}
        >
          <Show when={props.room.role() === "owner"}>
            <Button look="bare" icon="trash" class={css.remove} onClick={() => setAsking(true)}>
              {t("room.delete")}
            </Button>
          </Show>
          <Button onClick={() => props.onClose()}>{t("cancel")}</Button>
          <Button type="submit" look="main" busy={action.busy()}>
            {t("save")}
          </Button>
        </Show>
      }
    >
      <Tabs
        label={t("room.settings")}
        panel="room-settings"
        at={tab()}
        onPick={setTab}
        tabs={[
          { id: "general", label: t("room.settings.general") },
          { id: "bans", label: t("room.settings.bans") },
        ]}
      />
      <div
        id="room-settings"
        role="tabpanel"
        aria-labelledby={`room-settings-${tab()}`}
        class={css.tab}
      >
        <Show when={tab() === "general"} fallback={<BanList room={props.room} />}>
          <RoomFields form={form} set={set} code={action.code()} wrong={action.wrong()} tried />
          <Note bad text={inField() ? undefined : action.wrong()} />
        </Show>
      </div>
      <Show when={asking()}>
        <Confirm
          title={t("room.delete.title", { name: props.room.name() })}
          text={t("room.delete.text")}
          action={t("room.delete")}
          danger
          onClose={() => setAsking(false)}
          onYes={remove}
        />
      </Show>
    </Dialog>
  );
}
