import {
  createMemo,
  createSignal,
  createUniqueId,
  For,
  type JSX,
  onCleanup,
  onMount,
  Show,
} from "solid-js";
import { t } from "../../i18n";
import type { SearchHit } from "../../model";
import { useModel } from "../lib/context";
import { routeTo } from "../lib/notify";
import { go } from "../lib/route";
import { Avatar } from "../ui/avatar";
import { Badge } from "../ui/badge";
import { SearchField } from "../ui/field";
import { Keys } from "../ui/kbd";
import list from "../ui/list.module.css";
import css from "./switcher.module.css";

const MOST = 12;

/** Goes anywhere by a few letters. */
export default function Switcher(props: { onClose: () => void }): JSX.Element {
  const model = useModel();
  const id = createUniqueId();
  let el!: HTMLDialogElement;
  const [text, setText] = createSignal("");
  const [at, setAt] = createSignal(0);
  const hits = createMemo<readonly SearchHit[]>(() => model.conversations.search(text(), MOST));
  onMount(() => {
    el.showModal();
    el.querySelector("input")?.focus();
  });
  onCleanup(() => el.close());
  const take = (hit: SearchHit | undefined) => {
    if (!hit) return;
    props.onClose();
    go(hit.kind === "conversation" ? routeTo(hit.conversation) : { at: "dm", user: hit.user.id });
  };
  const key = (e: KeyboardEvent) => {
    const n = hits().length;
    if (e.key === "Enter") take(hits()[at()]);
    else if (e.key === "ArrowDown" && n) setAt((at() + 1) % n);
    else if (e.key === "ArrowUp" && n) setAt((at() - 1 + n) % n);
    else return;
    e.preventDefault();
    document.getElementById(`${id}-${at()}`)?.scrollIntoView({ block: "nearest" });
  };
  return (
    <dialog
      ref={el}
      class={css.dialog}
      aria-label={t("switcher")}
      onCancel={() => props.onClose()}
      onMouseDown={(e) => e.target === el && props.onClose()}
    >
      <SearchField
        label={t("switcher.label")}
        role="combobox"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={hits().length ? `${id}-${at()}` : undefined}
        onInput={(e) => {
          setText(e.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={key}
      />
      <div class={css.list} id={id} role="listbox" aria-label={t("switcher")}>
        <For each={hits()} fallback={<p class={list.none}>{t("switcher.none")}</p>}>
          {(hit, i) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the field above has the keys and the focus
            <div
              class={list.row}
              role="option"
              id={`${id}-${i()}`}
              aria-selected={at() === i()}
              onPointerMove={() => setAt(i())}
              onClick={() => take(hit)}
            >
              <Hit hit={hit} />
            </div>
          )}
        </For>
      </div>
      <p class={`${list.foot} ${css.foot}`} aria-hidden="true">
        <span>
          <Keys keys={["↑", "↓"]} /> {t("switcher.move")}
        </span>
        <span>
          <Keys keys={["↵"]} /> {t("switcher.go")}
        </span>
        <span>
          <Keys keys={["Esc"]} /> {t("close")}
        </span>
      </p>
    </dialog>
  );
}

function Hit(props: { hit: SearchHit }): JSX.Element {
  const model = useModel();
  const conversation = () =>
    props.hit.kind === "conversation" ? props.hit.conversation : undefined;
  const user = () => (props.hit.kind === "user" ? props.hit.user : undefined);
  return (
    <>
      <Show
        when={conversation()}
        fallback={
          <Avatar
            id={user()?.id ?? ""}
            name={model.users.name(user()?.id ?? "")}
            here={model.users.online(user()?.id ?? "")}
          />
        }
      >
        {(c) => (
          <Avatar
            id={c().peer ?? c().id}
            name={c().name()}
            here={c().peer ? model.users.online(c().peer ?? "") : false}
            {...(c().kind === "room"
              ? {
                  room: c().room()?.settings.is_private
                    ? ("private" as const)
                    : ("public" as const),
                }
              : {})}
          />
        )}
      </Show>
      <div class={list.main}>
        <p dir="auto">{conversation()?.name() ?? model.users.name(user()?.id ?? "")}</p>
        <p class={list.faint}>
          {conversation()?.topic() ||
            (user() ? `@${user()?.username}` : t(conversation()?.kind === "room" ? "room" : "dm"))}
        </p>
      </div>
      <Show when={conversation()?.unread()}>
        {(n) => <Badge count={n()} call={(conversation()?.mentions() ?? 0) > 0} />}
      </Show>
    </>
  );
}
