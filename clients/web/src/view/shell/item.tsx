import { type JSX, Show } from "solid-js";
import { t } from "../../i18n";
import type { Conversation } from "../../model";
import { useModel } from "../lib/context";
import { cx } from "../lib/cx";
import { href, route } from "../lib/route";
import { Avatar } from "../ui/avatar";
import { Badge } from "../ui/badge";
import { Icon } from "../ui/icons";
import css from "./side.module.css";

/** Whether the Tab key stops at the link to this address: at one of the whole list. */
export type IsStop = (href: string) => boolean;

/** A conversation in the list, with what waits in it. */
export function ConversationItem(props: {
  conversation: Conversation;
  isStop: IsStop;
}): JSX.Element {
  const model = useModel();
  const c = props.conversation;
  const here = () => {
    const at = route();
    return (at.at === "room" && at.id === c.id) || (at.at === "dm" && at.user === c.peer);
  };
  const to = () =>
    href(c.kind === "room" ? { at: "room", id: c.id } : { at: "dm", user: c.peer ?? "" });
  const fresh = () => c.unread() > 0 && c.notify() !== "none";
  const name = () => c.name() || t("someone");
  return (
    <a
      class={cx(css.item, fresh() && css.fresh, c.notify() === "none" && css.quiet)}
      href={to()}
      tabindex={props.isStop(to()) ? 0 : -1}
      aria-current={here() ? "page" : undefined}
    >
      <Show
        when={c.kind === "dm"}
        fallback={
          <span class={css.glyph}>
            <Icon name={c.room()?.settings.is_private ? "lock" : "hash"} size={18} />
          </span>
        }
      >
        <Avatar
          id={c.peer ?? ""}
          name={name()}
          size="small"
          here={model.users.online(c.peer ?? "")}
        />
      </Show>
      <span class={css.name}>
        <bdi>{name()}</bdi>
      </span>
      <Show when={c.unsent() > 0}>
        <span class={css.mark} data-tip={t("side.unsent")}>
          <Icon name="clock" size={14} />
          <span class="away">{t("side.unsent")}</span>
        </span>
      </Show>
      <Show when={c.draft() && !here()}>
        <span class={css.mark} data-tip={t("side.draft")}>
          <Icon name="edit" size={14} />
          <span class="away">{t("side.draft")}</span>
        </span>
      </Show>
      <Show when={c.notify() === "none"}>
        <span class={css.mark}>
          <Icon name="mute" size={14} />
          <span class="away">{t("side.muted")}</span>
        </span>
      </Show>
      <Show when={c.unread() > 0 && !(here() && c.mentions() === 0)}>
        <Badge
          count={c.mentions() || c.unread()}
          call={c.mentions() > 0 && c.notify() !== "none"}
        />
        <span class="away">
          {c.mentions() > 0
            ? t("side.mentions", { n: c.mentions() })
            : t("side.unread", { n: c.unread() })}
        </span>
      </Show>
    </a>
  );
}
