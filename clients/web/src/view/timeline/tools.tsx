import { type JSX, Show } from "solid-js";
import { t } from "../../i18n";
import type { Conversation, Message } from "../../model";
import { href } from "../lib/route";
import { IconButton } from "../ui/button";
import { MenuButton, type MenuItem } from "../ui/menu";
import { toast } from "../ui/toasts";
import css from "./message.module.css";

interface Props {
  message: Message;
  conversation: Conversation;
  mayEdit: boolean;
  mayRemove: boolean;
  onEdit: () => void;
  onRemove: () => void;
  onHold: (on: boolean) => void;
}

const copy = (text: string, said: string) =>
  void navigator.clipboard?.writeText(text).then(
    () => toast(said),
    () => toast(t("copy.failed"), { bad: true }),
  );

/** What can be done with a message; beside it while the pointer or the focus is there. */
export function Tools(props: Props): JSX.Element {
  const stored = () => props.message.state.kind === "stored";
  const link = () => {
    const c = props.conversation;
    const seq = props.message.seq;
    return (
      location.origin +
      href(
        c.kind === "room" ? { at: "room", id: c.id, seq } : { at: "dm", user: c.peer ?? "", seq },
      )
    );
  };
  const items = (): MenuItem[] => [
    ...(props.mayEdit
      ? [{ label: t("edit"), icon: "edit" as const, keys: "E", run: props.onEdit }]
      : []),
    {
      label: t("message.copy"),
      icon: "copy",
      keys: "C",
      run: () => copy(props.message.content, t("copied")),
    },
    ...(stored()
      ? [
          {
            label: t("message.link"),
            icon: "link" as const,
            run: () => copy(link(), t("message.linked")),
          },
        ]
      : []),
    ...(props.mayRemove
      ? [
          {
            label: t("delete"),
            icon: "trash" as const,
            keys: t("key.delete"),
            danger: true,
            rule: true,
            run: props.onRemove,
          },
        ]
      : []),
  ];
  return (
    <div class={css.tools} role="toolbar" aria-label={t("message.actions")}>
      <Show when={props.mayEdit}>
        <IconButton icon="edit" label={t("edit")} keys="E" tight onClick={() => props.onEdit()} />
      </Show>
      <Show when={stored()}>
        <IconButton
          icon="link"
          label={t("message.link")}
          tight
          onClick={() => copy(link(), t("message.linked"))}
        />
      </Show>
      <MenuButton
        icon="more"
        label={t("more")}
        tight
        items={items}
        onOpen={(on) => props.onHold(on)}
      />
    </div>
  );
}
