import type { JSX } from "solid-js";
import { t } from "../../i18n";
import { go } from "../lib/route";
import { Dialog } from "../ui/dialog";
import { PeoplePicker } from "./picker";

/** Begins a talk of two. */
export default function NewDm(props: { onClose: () => void }): JSX.Element {
  return (
    <Dialog title={t("dm.new")} onClose={props.onClose}>
      <PeoplePicker
        label={t("people.search")}
        onPick={(user) => {
          props.onClose();
          go({ at: "dm", user: user.id });
        }}
      />
    </Dialog>
  );
}
