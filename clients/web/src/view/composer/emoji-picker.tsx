import { createResource, createSignal, For, type JSX, onMount } from "solid-js";
import { t } from "../../i18n";
import { SearchField } from "../ui/field";
import { findEmoji, loadEmoji } from "./emoji";
import css from "./emoji-picker.module.css";

const MOST = 320;

/** All emoji in a grid, with a search. Arrows move in it. */
export default function Picker(props: { onPick: (emoji: string) => void }): JSX.Element {
  let grid!: HTMLDivElement;
  let search!: HTMLInputElement;
  const [all] = createResource(loadEmoji);
  const [text, setText] = createSignal("");
  const [name, setName] = createSignal("");
  const shown = () => (text() ? (findEmoji(text(), MOST) ?? []) : (all() ?? []));
  onMount(() => search.focus());
  const move = (e: KeyboardEvent) => {
    const cells = [...grid.querySelectorAll<HTMLElement>("button")];
    const perRow = Math.max(1, cells.filter((x) => x.offsetTop === cells[0]?.offsetTop).length);
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: perRow, ArrowUp: -perRow }[e.key];
    if (!step) return;
    e.preventDefault();
    const at = cells.indexOf(document.activeElement as HTMLElement) + step;
    if (at < 0) search.focus();
    else cells[Math.min(at, cells.length - 1)]?.focus();
  };
  const searchKey = (e: KeyboardEvent) => {
    const first = shown()[0];
    if (e.key === "Enter" && first) props.onPick(first.emoji);
    else if (e.key === "ArrowDown") grid.querySelector<HTMLElement>("button")?.focus();
    else return;
    e.preventDefault();
  };
  return (
    <div class={css.picker}>
      <SearchField
        ref={search}
        label={t("emoji.search")}
        onInput={(e) => setText(e.currentTarget.value)}
        onKeyDown={searchKey}
      />
      {/* biome-ignore lint/a11y/useSemanticElements: a grid of buttons is no fieldset */}
      <div ref={grid} class={css.grid} role="group" aria-label={t("emoji")} onKeyDown={move}>
        <For each={shown()}>
          {(x, i) => (
            <button
              type="button"
              class={css.one}
              aria-label={x.words[0]?.replaceAll("_", " ")}
              tabindex={i() === 0 ? 0 : -1}
              onClick={() => props.onPick(x.emoji)}
              onFocus={() => setName(x.name)}
              onPointerEnter={() => setName(x.name)}
            >
              {x.emoji}
            </button>
          )}
        </For>
      </div>
      <p class={css.name} aria-hidden="true">
        {name() ? `:${name()}:` : t("emoji.hint")}
      </p>
    </div>
  );
}
