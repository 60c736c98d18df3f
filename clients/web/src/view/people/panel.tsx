import { type JSX, Show } from "solid-js";
import { t } from "../../i18n";
import { attempt } from "../lib/action";
import { useModel } from "../lib/context";
import { shortDate } from "../lib/dates";
import css from "../rooms/rooms.module.css";
import { Avatar } from "../ui/avatar";
import { Button } from "../ui/button";
import card from "./card.module.css";

/** The other one of a direct talk. */
export function PersonPanel(props: { user: string }): JSX.Element {
  const model = useModel();
  const user = () => model.users.get(props.user);
  const name = () => model.users.name(props.user) || t("someone");
  const blocked = () => model.blocks.has(props.user);
  const turn = () =>
    attempt(
      blocked() ? model.blocks.remove(props.user) : model.blocks.add(props.user),
      blocked() ? t("block.off") : t("block.on"),
    );
  return (
    <div class={css.panelBody}>
      <div class={css.about}>
        <div class={card.who}>
          <Avatar id={props.user} name={name()} size="large" />
          <div class={card.names}>
            <p class={card.name} dir="auto">
              {name()}
            </p>
            <p class={card.at}>@{user()?.username ?? ""}</p>
          </div>
        </div>
        <dl>
          <div>
            <dt>{t("presence")}</dt>
            <dd>{model.users.online(props.user) ? t("online") : t("offline")}</dd>
          </div>
          <Show when={user()?.created_at}>
            {(at) => (
              <div>
                <dt>{t("person.since")}</dt>
                <dd>{shortDate(Date.parse(at()))}</dd>
              </div>
            )}
          </Show>
        </dl>
        <Show when={props.user !== model.session.me()?.id}>
          <div class={css.stack}>
            <Button onClick={turn}>{blocked() ? t("block.remove") : t("block.add")}</Button>
            <p class={card.at}>{t("block.hint")}</p>
          </div>
        </Show>
      </div>
    </div>
  );
}
