import type { JSX } from "solid-js";
import { t } from "../../i18n";
import type { Conversation } from "../../model";
import { attempt } from "../lib/action";
import { useModel } from "../lib/context";
import { go } from "../lib/route";
import { Confirm } from "../ui/dialog";

/** Asks before one leaves a room. */
export default function Leave(props: { room: Conversation; onClose: () => void }): JSX.Element {
  const model = useModel();
  const leave = () => {
    props.onClose();
    attempt(model.rooms.leave(props.room.id).then(() => go({ at: "home" })));
  };
  return (
    <Confirm
      title={t("room.leave.title", { name: props.room.name() })}
      text={t(props.room.room()?.settings.is_private ? "room.leave.private" : "room.leave.public")}
      action={t("room.leave")}
      danger
      onClose={props.onClose}
      onYes={leave}
    />
  );
}
