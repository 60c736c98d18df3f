import { createEffect, createSignal, type JSX, on, onMount, Show } from "solid-js";
import { t } from "../../i18n";
import type { Conversation } from "../../model";
import { bytes, MAX_MESSAGE } from "../lib/bytes";
import { useModel } from "../lib/context";
import { cx } from "../lib/cx";
import { coarse } from "../lib/focus";
import { grow } from "../lib/grow";
import { IconButton } from "../ui/button";
import { toast } from "../ui/toasts";
import { Closed } from "./closed";
import { createCompletion, Suggestions } from "./completion";
import css from "./composer.module.css";
import { EmojiButton } from "./emoji-button";
import { TypingLine } from "./typing";

/** Where one writes. Mount it anew for another conversation. */
export function Composer(props: {
  conversation: Conversation;
  onEditLast: () => void;
}): JSX.Element {
  return (
    <div class={css.composer}>
      <Show
        when={props.conversation.maySend()}
        fallback={<Closed conversation={props.conversation} />}
      >
        <Box {...props} />
      </Show>
      <Show when={!props.conversation.maySend()}>
        <div class={css.under} />
      </Show>
    </div>
  );
}

function Box(props: { conversation: Conversation; onEditLast: () => void }): JSX.Element {
  const model = useModel();
  let el!: HTMLTextAreaElement;
  const [text, setText] = createSignal(props.conversation.draft());
  const size = () => (text().length > 900 ? bytes(text()) : 0);
  const label = () =>
    t(props.conversation.kind === "room" ? "composer.room" : "composer.dm", {
      name: props.conversation.name(),
    });

  const put = (next: string, caret = next.length) => {
    el.value = next;
    el.setSelectionRange(caret, caret);
    changed();
  };
  const changed = () => {
    setText(el.value);
    grow(el);
    model.conversations.setDraft(props.conversation.id, el.value);
    if (el.value) model.conversations.sayTyping(props.conversation.id);
    completion.look();
  };
  const insert = (what: string) => {
    const { selectionStart, selectionEnd, value } = el;
    put(
      value.slice(0, selectionStart) + what + value.slice(selectionEnd),
      selectionStart + what.length,
    );
    el.focus();
  };
  const completion = createCompletion({
    conversation: () => props.conversation,
    field: () => el,
    put,
  });
  // A draft that another tab changed, unless one is writing here.
  createEffect(
    on(props.conversation.draft, (draft) => {
      if (draft === text() || (document.activeElement === el && document.hasFocus())) return;
      el.value = draft;
      setText(draft);
      grow(el);
    }),
  );
  onMount(() => {
    el.value = text();
    grow(el);
    if (!coarse()) el.focus({ preventScroll: true });
  });

  const send = () => {
    const content = el.value.trim();
    if (!content) return;
    if (bytes(content) > MAX_MESSAGE) return toast(t("composer.long"), { bad: true });
    model.messages.send(props.conversation.id, content);
    put("");
  };
  const key = (e: KeyboardEvent) => {
    if (e.isComposing || completion.key(e)) return;
    if (e.key === "Enter" && !e.shiftKey && !coarse()) send();
    else if (e.key === "ArrowUp" && !el.value && !(e.altKey || e.ctrlKey || e.metaKey))
      props.onEditLast();
    else return;
    e.preventDefault();
  };
  const paste = (e: ClipboardEvent) => {
    const data = e.clipboardData;
    if (!data?.files.length) return;
    if (!data.types.includes("text/plain")) e.preventDefault();
    toast(t("files.none"), { bad: true });
  };
  return (
    <>
      <Suggestions of={completion} />
      <div class={css.box}>
        <textarea
          ref={el}
          class={css.text}
          dir="auto"
          rows="1"
          placeholder={label()}
          aria-label={label()}
          aria-autocomplete="list"
          aria-controls={completion.open() ? completion.id : undefined}
          aria-activedescendant={
            completion.open() ? `${completion.id}-${completion.at()}` : undefined
          }
          enterkeyhint={coarse() ? "enter" : "send"}
          onInput={changed}
          onKeyDown={key}
          onPaste={paste}
          onBlur={() => completion.close()}
          onClick={() => completion.look()}
        />
        <EmojiButton onPick={insert} />
        <IconButton
          icon="send"
          label={t("send")}
          keys={t("key.enter")}
          class={cx(css.send, text().trim() && css.ready)}
          disabled={!text().trim()}
          onMouseDown={(e) => e.preventDefault()}
          onClick={send}
        />
      </div>
      <div class={css.under}>
        <TypingLine conversation={props.conversation} />
        <Show when={size() > MAX_MESSAGE - 400}>
          <span class={cx(size() > MAX_MESSAGE && css.over)} role="status">
            {t("composer.left", { n: MAX_MESSAGE - size() })}
          </span>
        </Show>
      </div>
    </>
  );
}
