import { For, type JSX } from "solid-js";
import css from "./tabs.module.css";

interface TabsProps<T extends string> {
  label: string;
  tabs: readonly { id: T; label: string }[];
  at: T;
  onPick: (id: T) => void;
  panel: string;
}

/** One of a few views. Arrows pick at once, as nothing is lost by it. */
export function Tabs<T extends string>(props: TabsProps<T>): JSX.Element {
  const key = (e: KeyboardEvent & { currentTarget: HTMLElement }) => {
    const rtl = document.documentElement.dir === "rtl";
    const step =
      e.key === "ArrowRight" ? (rtl ? -1 : 1) : e.key === "ArrowLeft" ? (rtl ? 1 : -1) : 0;
    if (!step) return;
    const n = props.tabs.length;
    const next = (props.tabs.findIndex((x) => x.id === props.at) + step + n) % n;
    const tab = props.tabs[next];
    if (!tab) return;
    e.preventDefault();
    props.onPick(tab.id);
    (e.currentTarget.children[next] as HTMLElement | undefined)?.focus();
  };
  return (
    <div role="tablist" aria-label={props.label} class={css.tabs} onKeyDown={key}>
      <For each={props.tabs}>
        {(tab) => (
          <button
            type="button"
            role="tab"
            id={`${props.panel}-${tab.id}`}
            aria-selected={props.at === tab.id}
            aria-controls={props.panel}
            tabindex={props.at === tab.id ? 0 : -1}
            class={css.tab}
            onClick={() => props.onPick(tab.id)}
          >
            {tab.label}
          </button>
        )}
      </For>
    </div>
  );
}
