import { type JSX, Match, Show, Switch } from "solid-js";
import { t } from "../../i18n";
import type { Conversation } from "../../model";
import { attempt } from "../lib/action";
import { useModel } from "../lib/context";
import { clock, shortDate } from "../lib/dates";
import { Button } from "../ui/button";
import { Icon } from "../ui/icons";
import css from "./composer.module.css";

const FOREVER = Date.UTC(9000, 0);

/** Why one may not write here. */
export function Closed(props: { conversation: Conversation }): JSX.Element {
  const model = useModel();
  const gone = () => {
    switch (props.conversation.presence()) {
      case "left":
        return t("closed.left");
      case "kicked":
        return t("closed.kicked");
      case "banned":
        return t("closed.banned");
      case "deleted":
        return t("closed.deleted");
      default:
        return undefined;
    }
  };
  const back = () => {
    const now = props.conversation.presence();
    return now === "left" || (now === "kicked" && !props.conversation.room()?.settings.is_private);
  };
  return (
    <p class={css.closed}>
      <Icon name={gone() ? "leave" : "mute"} />
      <Switch fallback={t("closed.moderated")}>
        <Match when={gone()}>{gone()}</Match>
        <Match when={props.conversation.mutedUntil()}>
          {(until) =>
            until() > FOREVER
              ? t("closed.muted")
              : t("closed.muted.until", { time: `${shortDate(until())}, ${clock(until())}` })
          }
        </Match>
      </Switch>
      <Show when={back()}>
        <Button size="small" onClick={() => attempt(model.rooms.join(props.conversation.id))}>
          {t("room.join")}
        </Button>
      </Show>
    </p>
  );
}
