import { createSignal, type JSX, onMount, Show } from "solid-js";
import { t } from "../../i18n";
import type { Message } from "../../model";
import { createAction } from "../lib/action";
import { bytes, MAX_MESSAGE } from "../lib/bytes";
import { useModel } from "../lib/context";
import { grow } from "../lib/grow";
import { Button } from "../ui/button";
import css from "./message.module.css";

/** Changes a message where it stands. */
export function EditBox(props: { message: Message; onDone: () => void }): JSX.Element {
  const model = useModel();
  const action = createAction();
  const [text, setText] = createSignal(props.message.content);
  let el!: HTMLTextAreaElement;
  onMount(() => {
    grow(el);
    el.focus();
    el.setSelectionRange(el.value.length, el.value.length);
  });
  const done = () => {
    const row = el.closest<HTMLElement>("[data-key]");
    props.onDone();
    row?.focus();
  };
  const save = async () => {
    const next = text().trim();
    if (!next || next === props.message.content) return done();
    if (
      bytes(next) <= MAX_MESSAGE &&
      (await action.run(() => model.messages.edit(props.message, next)))
    )
      done();
  };
  const key = (e: KeyboardEvent) => {
    e.stopPropagation();
    if (e.key === "Escape") done();
    else if (e.key === "Enter" && !e.shiftKey && !e.isComposing) void save();
    else return;
    e.preventDefault();
  };
  return (
    <div class={css.edit}>
      <textarea
        ref={el}
        dir="auto"
        aria-label={t("message.edit.label")}
        value={text()}
        onInput={(e) => {
          setText(e.currentTarget.value);
          grow(el);
        }}
        onKeyDown={key}
      />
      <div class={css.row}>
        <Button size="small" look="main" busy={action.busy()} onClick={() => void save()}>
          {t("save")}
        </Button>
        <Button size="small" onClick={done}>
          {t("cancel")}
        </Button>
        <Show when={action.wrong()} fallback={<span>{t("message.edit.keys")}</span>}>
          <span class={css.bad} role="alert">
            {action.wrong()}
          </span>
        </Show>
      </div>
    </div>
  );
}
