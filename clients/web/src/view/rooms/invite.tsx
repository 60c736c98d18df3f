import { createSignal, type JSX, onMount, Show } from "solid-js";
import { t } from "../../i18n";
import type { Conversation, User } from "../../model";
import { useModel } from "../lib/context";
import { codeOf, failureText } from "../lib/failures";
import { PeoplePicker } from "../people/picker";
import { Tag } from "../ui/badge";
import { Dialog } from "../ui/dialog";
import { Note } from "../ui/note";

/** Asks people into a room, one after the other. */
export default function Invite(props: { room: Conversation; onClose: () => void }): JSX.Element {
  const model = useModel();
  const [invited, setInvited] = createSignal<ReadonlySet<string>>(new Set());
  const [wrong, setWrong] = createSignal<string>();
  const members = model.rooms.members(props.room.id);
  onMount(() => void members.load().catch(() => undefined));
  const isMember = (user: User) => members.list().some((m) => m.user_id === user.id);
  const mark = (id: string) => setInvited((all) => new Set(all).add(id));
  const invite = async (user: User) => {
    if (isMember(user) || invited().has(user.id)) return;
    setWrong(undefined);
    try {
      await model.rooms.invite(props.room.id, user.id);
      mark(user.id);
    } catch (e) {
      if (codeOf(e) === "already_invited") mark(user.id);
      else setWrong(failureText(e));
    }
  };
  return (
    <Dialog title={t("invite.title", { room: props.room.name() })} onClose={props.onClose}>
      <Note bad text={wrong()} />
      <PeoplePicker
        label={t("people.search")}
        onPick={(user) => void invite(user)}
        end={(user) => (
          <Show
            when={isMember(user)}
            fallback={<Tag good>{invited().has(user.id) ? t("invite.done") : t("invite")}</Tag>}
          >
            <Tag>{t("invite.member")}</Tag>
          </Show>
        )}
      />
    </Dialog>
  );
}
