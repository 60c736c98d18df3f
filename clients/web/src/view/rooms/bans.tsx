import { createResource, For, type JSX, Show } from "solid-js";
import { t } from "../../i18n";
import type { Conversation } from "../../model";
import { attempt } from "../lib/action";
import { useModel } from "../lib/context";
import { shortDate } from "../lib/dates";
import { failureText } from "../lib/failures";
import { Avatar } from "../ui/avatar";
import { Button } from "../ui/button";
import list from "../ui/list.module.css";
import { ErrorState } from "../ui/states";

/** Who may not come in. */
export function BanList(props: { room: Conversation }): JSX.Element {
  const model = useModel();
  const [bans, { refetch }] = createResource(() => model.rooms.bans(props.room.id));
  const lift = (user: string) =>
    attempt(
      model.rooms.unban(props.room.id, user).then(() => refetch()),
      t("ban.lifted"),
    );
  return (
    <Show
      when={!bans.error}
      fallback={<ErrorState text={failureText(bans.error)} onRetry={() => void refetch()} />}
    >
      <div class={list.list}>
        <For
          each={bans()}
          fallback={<p class={list.none}>{bans.loading ? t("loading") : t("bans.none")}</p>}
        >
          {(ban) => (
            <div class={list.row}>
              <Avatar id={ban.user_id} name={ban.username} />
              <div class={list.main}>
                <p dir="auto">{ban.username}</p>
                <p class={list.faint}>
                  {t("ban.by", {
                    name: model.users.name(ban.banned_by) || t("someone"),
                    date: shortDate(Date.parse(ban.created_at)),
                  })}
                </p>
              </div>
              <Button size="small" onClick={() => lift(ban.user_id)}>
                {t("ban.lift")}
              </Button>
            </div>
          )}
        </For>
      </div>
    </Show>
  );
}
