import type { JSX } from "solid-js";
import { t } from "../../i18n";
import type { Conversation, Notify } from "../../model";
import { useModel } from "../lib/context";
import { MenuButton } from "../ui/menu";

const CHOICES = ["all", "mentions", "none"] as const satisfies readonly Notify[];

/** What this conversation may call for. */
export function NotifyMenu(props: { conversation: Conversation }): JSX.Element {
  const model = useModel();
  return (
    <MenuButton
      icon={props.conversation.notify() === "none" ? "mute" : "bell"}
      label={t("notify.menu")}
      items={() =>
        CHOICES.map((choice) => ({
          label: t(`notify.${choice}`),
          checked: props.conversation.notify() === choice,
          run: () => model.conversations.setNotify(props.conversation.id, choice),
        }))
      }
    />
  );
}
