import { createSignal, type JSX } from "solid-js";
import { createStore } from "solid-js/store";
import { t } from "../../i18n";
import { createAction } from "../lib/action";
import { useModel } from "../lib/context";
import { go } from "../lib/route";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Note } from "../ui/note";
import { capacityOf, descriptionWrong, nameWrong, RoomFields, type RoomForm } from "./form";

/** Makes a room and goes there. */
export default function CreateRoom(props: { onClose: () => void }): JSX.Element {
  const model = useModel();
  const action = createAction();
  const [tried, setTried] = createSignal(false);
  const [form, set] = createStore<RoomForm>({
    name: "",
    description: "",
    private: false,
    moderated: false,
    capacity: "",
  });
  const inField = () =>
    action.code()?.startsWith("room_name") || action.code() === "validation_failed";
  const submit = async () => {
    setTried(true);
    if (nameWrong(form.name) || descriptionWrong(form.description)) return;
    await action.run(async () => {
      const made = await model.rooms.create({
        name: form.name.trim(),
        description: form.description.trim(),
        settings: {
          public: !form.private,
          moderated: form.moderated,
          max_members: capacityOf(form.capacity),
        },
      });
      props.onClose();
      go({ at: "room", id: made.id });
    });
  };
  return (
    <Dialog
      title={t("room.create")}
      onClose={props.onClose}
      onSubmit={() => void submit()}
      foot={
        <>
          <Button onClick={() => props.onClose()}>{t("cancel")}</Button>
          <Button type="submit" look="main" busy={action.busy()}>
            {t("room.create.do")}
          </Button>
        </>
      }
    >
      <RoomFields
        form={form}
        set={set}
        code={action.code()}
        wrong={action.wrong()}
        tried={tried()}
      />
      <Note bad text={inField() ? undefined : action.wrong()} />
    </Dialog>
  );
}
