import { type JSX, Show } from "solid-js";
import { t } from "../../i18n";
import type { Conversation } from "../../model";
import { useModel } from "../lib/context";
import { shortDate } from "../lib/dates";
import { open } from "../lib/overlay";
import { Button } from "../ui/button";
import css from "./rooms.module.css";

/** What a room is, and what one may change about it. */
export function About(props: { conversation: Conversation }): JSX.Element {
  const model = useModel();
  const c = () => props.conversation;
  const governs = () => c().role() === "owner" || c().role() === "moderator";
  return (
    <div class={css.about}>
      <Show when={c().room()}>
        {(room) => (
          <dl>
            <div>
              <dt>{t("room.description")}</dt>
              <dd dir="auto">{room().settings.description || t("room.start.plain")}</dd>
            </div>
            <div>
              <dt>{t("room.access")}</dt>
              <dd>
                {t(room().settings.is_private ? "room.access.private" : "room.access.public")}
              </dd>
            </div>
            <Show when={room().settings.moderated}>
              <div>
                <dt>{t("room.speech")}</dt>
                <dd>{t("room.moderated.hint")}</dd>
              </div>
            </Show>
            <div>
              <dt>{t("room.capacity")}</dt>
              <dd>{room().settings.max_members || t("room.capacity.none")}</dd>
            </div>
            <div>
              <dt>{t("room.owner")}</dt>
              <dd dir="auto">{model.users.name(room().owner) || t("someone")}</dd>
            </div>
            <div>
              <dt>{t("room.created")}</dt>
              <dd>{shortDate(Date.parse(room().created_at))}</dd>
            </div>
          </dl>
        )}
      </Show>
      <Show when={c().presence() === "active"}>
        <div class={css.stack}>
          <Show when={governs()}>
            <Button icon="gear" onClick={() => open({ kind: "room-settings", room: c() })}>
              {t("room.settings")}
            </Button>
            <Button icon="invite" onClick={() => open({ kind: "invite", room: c() })}>
              {t("invite.people")}
            </Button>
          </Show>
          <Button icon="leave" onClick={() => open({ kind: "leave", room: c() })}>
            {t("room.leave")}
          </Button>
        </div>
      </Show>
    </div>
  );
}
