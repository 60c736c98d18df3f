import { createSignal, type JSX, Match, Show, Switch } from "solid-js";
import { t } from "../../i18n";
import type { Conversation, MessageRow } from "../../model";
import { attempt } from "../lib/action";
import { useModel } from "../lib/context";
import { cx } from "../lib/cx";
import { clock, full } from "../lib/dates";
import { failureText } from "../lib/failures";
import { PersonCard } from "../people/card";
import { Avatar } from "../ui/avatar";
import { Button } from "../ui/button";
import { Confirm } from "../ui/dialog";
import { Icon } from "../ui/icons";
import { type ActiveRow, editing, setEditing } from "./active";
import { EditBox } from "./edit";
import { Markdown } from "./markdown";
import css from "./message.module.css";
import { Tools } from "./tools";

interface Props {
  row: MessageRow;
  conversation: Conversation;
  active: ActiveRow;
  /** One came here by a link. */
  marked: boolean;
}

export function MessageItem(props: Props): JSX.Element {
  const model = useModel();
  const message = () => props.row.message();
  const [asking, setAsking] = createSignal(false);
  const [card, setCard] = createSignal<HTMLElement>();
  const active = () => props.active.is(props.row.key);
  const edits = () => editing() === props.row.key;
  const waits = () => message().state.kind !== "stored";
  const isMe = (name: string) => {
    const me = model.session.me()?.username.toLowerCase();
    return name.toLowerCase() === me || name === "all" || name === "room";
  };
  const mayEdit = () => message().own && message().state.kind === "stored";
  const mayRemove = () =>
    message().state.kind === "stored" &&
    (message().own ||
      props.conversation.role() === "owner" ||
      props.conversation.role() === "moderator");
  const key = (e: KeyboardEvent & { currentTarget: HTMLElement }) => {
    if (e.target !== e.currentTarget || e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "e" && mayEdit()) setEditing(props.row.key);
    else if (e.key === "Delete" && mayRemove()) setAsking(true);
    else if (e.key === "c") void navigator.clipboard?.writeText(message().content);
    else return;
    e.preventDefault();
  };
  return (
    <article
      data-key={props.row.key}
      tabindex={props.active.stop(props.row.key) ? 0 : -1}
      aria-label={t("message.label", {
        name: model.users.name(message().author) || t("someone"),
        time: clock(message().createdAt),
      })}
      class={cx(
        css.message,
        props.row.continued() && css.continued,
        active() && css.active,
        message().mentionsMe && !message().own && css.calls,
        props.marked && css.marked,
        waits() && css.waiting,
      )}
      onKeyDown={key}
    >
      <Show
        when={!props.row.continued()}
        fallback={
          <span class={css.side} aria-hidden="true">
            {clock(message().createdAt)}
          </span>
        }
      >
        <div class={css.gutter}>
          <Avatar id={message().author} name={model.users.name(message().author)} />
        </div>
      </Show>
      <div class={css.body}>
        <Show when={!props.row.continued()}>
          <div class={css.head}>
            <button
              type="button"
              class={css.name}
              dir="auto"
              tabindex={active() ? 0 : -1}
              onClick={(e) => setCard(e.currentTarget)}
            >
              {model.users.name(message().author) || t("someone")}
            </button>
            <time
              class={css.time}
              datetime={new Date(message().createdAt).toISOString()}
              title={full(message().createdAt)}
            >
              {clock(message().createdAt)}
            </time>
          </div>
        </Show>
        <Show when={edits()} fallback={<Markdown text={message().content} isMe={isMe} />}>
          <EditBox message={message()} onDone={() => setEditing(undefined)} />
        </Show>
        <Show when={message().edited && !edits()}>
          <span class={css.edited}>{t("message.edited")}</span>
        </Show>
        <Condition row={props.row} />
      </div>
      <Show when={active() && !edits()}>
        <Tools
          message={message()}
          conversation={props.conversation}
          mayEdit={mayEdit()}
          mayRemove={mayRemove()}
          onEdit={() => setEditing(props.row.key)}
          onRemove={() => setAsking(true)}
          onHold={(on) => props.active.hold(on)}
        />
      </Show>
      <Show when={card()}>
        {(at) => (
          <PersonCard user={message().author} anchor={at()} onClose={() => setCard(undefined)} />
        )}
      </Show>
      <Show when={asking()}>
        <Confirm
          title={t("message.remove.title")}
          text={t("message.remove.text")}
          action={t("delete")}
          danger
          onClose={() => setAsking(false)}
          onYes={() => {
            setAsking(false);
            attempt(model.messages.remove(message()));
          }}
        />
      </Show>
    </article>
  );
}

// Less than that is "in a moment".
const LONG = 90_000;

/** What is still to happen to a message, or what went wrong. */
function Condition(props: { row: MessageRow }): JSX.Element {
  const model = useModel();
  const state = () => props.row.message().state;
  const failed = () => {
    const now = state();
    return now.kind === "failed" ? now.error : undefined;
  };
  const later = () => {
    const now = state();
    return now.kind === "queued" ? now : undefined;
  };
  const waiting = (until: number | undefined) => {
    if (until && until - Date.now() > LONG) return t("message.limited", { time: clock(until) });
    if (until) return t("message.soon");
    return model.connection().kind === "live" ? t("message.turn") : t("message.queued");
  };
  return (
    <Switch>
      <Match when={failed()}>
        {(error) => (
          <p class={cx(css.note, css.bad)}>
            <Icon name="warn" size={16} />
            <span>{t("message.failed", { reason: failureText(error()) })}</span>
            <Button size="small" icon="retry" onClick={() => model.messages.retry(props.row.key)}>
              {t("retry")}
            </Button>
            <Button size="small" look="bare" onClick={() => model.messages.drop(props.row.key)}>
              {t("message.drop")}
            </Button>
          </p>
        )}
      </Match>
      <Match when={later()}>
        {(queued) => (
          <p class={css.note}>
            <Icon name="clock" size={16} />
            <span>{waiting(queued().retryAt)}</span>
            <Button size="small" look="bare" onClick={() => model.messages.drop(props.row.key)}>
              {t("message.drop")}
            </Button>
          </p>
        )}
      </Match>
      <Match when={state().kind === "sending"}>
        <span class="away">{t("message.sending")}</span>
      </Match>
      <Match when={props.row.message().changing}>
        <p class={css.note}>
          <Icon name="clock" size={16} /> {t("message.changing")}
        </p>
      </Match>
    </Switch>
  );
}
