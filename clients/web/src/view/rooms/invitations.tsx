import { For, type JSX, Show } from "solid-js";
import { t } from "../../i18n";
import type { Invitation } from "../../model";
import { createAction } from "../lib/action";
import { useModel } from "../lib/context";
import { day, shortDate } from "../lib/dates";
import { go } from "../lib/route";
import { PageHead } from "../shell/head";
import shell from "../shell/shell.module.css";
import { Avatar } from "../ui/avatar";
import { Button } from "../ui/button";
import { EmptyState } from "../ui/states";
import { toast } from "../ui/toasts";
import css from "./rooms.module.css";

/** Rooms that ask one in. */
export default function InvitationList(): JSX.Element {
  const model = useModel();
  return (
    <>
      <PageHead title={t("invitations")} />
      <div class={shell.page}>
        <Show
          when={model.invitations.pending().length > 0}
          fallback={
            <EmptyState
              icon="envelope"
              title={t("invitations.none.title")}
              text={t("invitations.none.text")}
            />
          }
        >
          <div class={css.wrap}>
            <ul class={css.cards}>
              <For each={model.invitations.pending()}>{(one) => <Card invitation={one} />}</For>
            </ul>
          </div>
        </Show>
      </div>
    </>
  );
}

function Card(props: { invitation: Invitation }): JSX.Element {
  const model = useModel();
  const action = createAction();
  const act = async (work: () => Promise<unknown>) => {
    if (!(await action.run(work))) toast(action.wrong() ?? "", { bad: true });
  };
  const accept = () =>
    act(async () =>
      go({ at: "room", id: (await model.invitations.accept(props.invitation.id)).id }),
    );
  return (
    <li class={css.card}>
      <Avatar
        id={props.invitation.inviter_id}
        name={model.users.name(props.invitation.inviter_id) || props.invitation.inviter_name}
      />
      <div class={css.cardMain}>
        <h2 dir="auto">{props.invitation.room_name}</h2>
        <p class={css.what}>
          {t("invitation.from", {
            name: model.users.name(props.invitation.inviter_id) || props.invitation.inviter_name,
            day: day(Date.parse(props.invitation.created_at)),
          })}
        </p>
        <p class={css.count}>
          {t("invitation.until", { date: shortDate(Date.parse(props.invitation.expires_at)) })}
        </p>
      </div>
      <div class={css.do}>
        <Button size="small" look="main" busy={action.busy()} onClick={() => void accept()}>
          {t("invitation.accept")}
        </Button>
        <Button
          size="small"
          disabled={action.busy()}
          onClick={() => void act(() => model.invitations.decline(props.invitation.id))}
        >
          {t("invitation.decline")}
        </Button>
      </div>
    </li>
  );
}
