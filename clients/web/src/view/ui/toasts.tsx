import { createSignal, For, type JSX, Show } from "solid-js";
import { t } from "../../i18n";
import { IconButton } from "./button";
import { Icon } from "./icons";
import css from "./toasts.module.css";

interface Toast {
  id: number;
  text: string;
  bad?: boolean;
  action?: { label: string; run: () => void };
}

const [toasts, setToasts] = createSignal<readonly Toast[]>([]);
let last = 0;

const drop = (id: number) => setToasts((all) => all.filter((x) => x.id !== id));

/** Says something short that needs no answer. What has an action stays twice as long. */
export function toast(text: string, more: Omit<Toast, "id" | "text"> = {}): void {
  const id = ++last;
  setToasts((all) => [...all.filter((x) => x.text !== text).slice(-2), { id, text, ...more }]);
  setTimeout(() => drop(id), more.action || more.bad ? 12_000 : 5_000);
}

const [spoken, setSpoken] = createSignal("");
let silence: ReturnType<typeof setTimeout> | undefined;

/** Tells screen readers something that others see anyway. */
export function announce(text: string): void {
  setSpoken("");
  clearTimeout(silence);
  queueMicrotask(() => setSpoken(text));
  // It is for the ear: whoever reads the page later should not find it there.
  silence = setTimeout(() => setSpoken(""), 4_000);
}

export function Toasts(): JSX.Element {
  return (
    <>
      <div class={css.toasts} role="status" aria-live="polite">
        <For each={toasts()}>
          {(x) => (
            <div class={css.toast}>
              <Show when={x.bad}>
                <Icon name="warn" size={18} />
              </Show>
              <span>{x.text}</span>
              <Show when={x.action}>
                {(action) => (
                  <button
                    type="button"
                    class={css.action}
                    onClick={() => {
                      drop(x.id);
                      action().run();
                    }}
                  >
                    {action().label}
                  </button>
                )}
              </Show>
              <IconButton icon="close" label={t("close")} tight onClick={() => drop(x.id)} />
            </div>
          )}
        </For>
      </div>
      <div class="away" aria-live="polite" aria-atomic="true">
        {spoken()}
      </div>
    </>
  );
}
