import { createSignal, createUniqueId, For, type JSX, Show } from "solid-js";
import { t } from "../../i18n";
import type { Conversation } from "../../model";
import { useModel } from "../lib/context";
import { Avatar } from "../ui/avatar";
import css from "./composer.module.css";
import { findEmoji, loadEmoji } from "./emoji";

export interface Suggestion {
  readonly insert: string;
  readonly name: string;
  readonly more: string;
  /** A person's id, or nothing for an emoji. */
  readonly person?: string;
}

export interface Completion {
  readonly id: string;
  readonly open: () => boolean;
  readonly at: () => number;
  readonly list: () => readonly Suggestion[];
  /** Looks at the word before the caret. */
  look(): void;
  close(): void;
  take(i: number): void;
  /** Whether the key was for the list. */
  key(e: KeyboardEvent): boolean;
}

interface Options {
  conversation: () => Conversation;
  field: () => HTMLTextAreaElement;
  put: (text: string, caret: number) => void;
}

const WORD = /(?:^|[\s(])([@:])([\p{L}\p{N}_+-]*)$/u;
const MOST = 8;

/** Completes @names and :emoji: while one writes. */
export function createCompletion(o: Options): Completion {
  const model = useModel();
  const [list, setList] = createSignal<readonly Suggestion[]>([]);
  const [at, setAt] = createSignal(0);
  let from = 0;
  const people = (text: string): Suggestion[] => {
    const c = o.conversation();
    const me = model.session.me()?.id;
    const ids =
      c.kind === "room"
        ? model.rooms
            .members(c.id)
            .list()
            .map((m) => ({ id: m.user_id, username: m.username }))
        : [];
    if (c.peer) ids.push({ id: c.peer, username: model.users.get(c.peer)?.username ?? "" });
    const wanted = text.toLowerCase();
    return ids
      .map((x) => ({
        insert: `@${x.username} `,
        name: model.users.name(x.id) || x.username,
        more: `@${x.username}`,
        person: x.id,
      }))
      .filter((x) => x.person !== me && x.more.length > 1)
      .filter(
        (x) =>
          x.more.slice(1).toLowerCase().startsWith(wanted) ||
          x.name
            .toLowerCase()
            .split(/\s+/)
            .some((w) => w.startsWith(wanted)),
      )
      .slice(0, MOST);
  };
  const show = (found: readonly Suggestion[]) => {
    setAt(0);
    setList(found);
  };
  const look = () => {
    const el = o.field();
    const before = el.value.slice(0, el.selectionStart);
    const hit = el.selectionStart === el.selectionEnd ? WORD.exec(before) : null;
    const [, sign, text = ""] = hit ?? [];
    if (!sign || (sign === ":" && text.length < 2)) return show([]);
    from = before.length - text.length - 1;
    if (sign === "@") {
      const room = o.conversation();
      if (room.kind === "room" && model.rooms.members(room.id).status() === "idle")
        void model.rooms
          .members(room.id)
          .load()
          .then(look, () => undefined);
      return show(people(text));
    }
    const found = findEmoji(text, MOST);
    if (found)
      show(found.map((x) => ({ insert: `${x.emoji} `, name: x.emoji, more: `:${x.name}:` })));
    else void loadEmoji().then(look);
  };
  const take = (i: number) => {
    const chosen = list()[i];
    if (!chosen) return;
    const el = o.field();
    const rest = el.value.slice(el.selectionStart);
    o.put(el.value.slice(0, from) + chosen.insert + rest, from + chosen.insert.length);
    show([]);
    el.focus();
  };
  return {
    id: createUniqueId(),
    open: () => list().length > 0,
    at,
    list,
    look,
    take,
    close: () => show([]),
    key(e) {
      const n = list().length;
      if (n === 0) return false;
      if (e.key === "ArrowDown") setAt((at() + 1) % n);
      else if (e.key === "ArrowUp") setAt((at() - 1 + n) % n);
      else if (e.key === "Enter" || e.key === "Tab") take(at());
      else if (e.key === "Escape") {
        e.stopPropagation();
        show([]);
      } else return false;
      e.preventDefault();
      return true;
    },
  };
}

export function Suggestions(props: { of: Completion }): JSX.Element {
  return (
    <Show when={props.of.open()}>
      <div class={css.list} id={props.of.id} role="listbox" aria-label={t("composer.suggestions")}>
        <For each={props.of.list()}>
          {(x, i) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the text area has the keys and the focus
            <div
              class={css.option}
              role="option"
              id={`${props.of.id}-${i()}`}
              aria-selected={props.of.at() === i()}
              onMouseDown={(e) => e.preventDefault()}
              onClick={() => props.of.take(i())}
            >
              <Show when={x.person} fallback={<span class={css.glyph}>{x.name}</span>}>
                {(id) => (
                  <>
                    <Avatar id={id()} name={x.name} size="small" />
                    <b dir="auto">{x.name}</b>
                  </>
                )}
              </Show>
              <span>{x.more}</span>
            </div>
          )}
        </For>
      </div>
    </Show>
  );
}
