import { createSignal, For, type JSX, onMount, Show } from "solid-js";
import { cx } from "../lib/cx";
import type { Side } from "../lib/place";
import { rove } from "../lib/rove";
import { IconButton } from "./button";
import { Icon, type IconName } from "./icons";
import { Popover } from "./popover";
import css from "./popover.module.css";

export interface MenuItem {
  label: string;
  icon?: IconName;
  keys?: string;
  danger?: boolean;
  disabled?: boolean;
  /** Draws a line above. */
  rule?: boolean;
  checked?: boolean;
  run: () => void;
}

interface MenuProps {
  anchor: HTMLElement | DOMRect;
  label: string;
  side?: Side;
  items: MenuItem[];
  onClose: () => void;
}

/** A menu: arrows, Home, End and first letters move, Enter and Space choose. */
function Menu(props: MenuProps): JSX.Element {
  let list!: HTMLDivElement;
  onMount(() => queueMicrotask(() => list.querySelector<HTMLElement>("button")?.focus()));
  const letter = (key: string) => {
    const all = [...list.querySelectorAll<HTMLElement>("button")];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const turned = [...all.slice(at + 1), ...all.slice(0, at + 1)];
    turned
      .find((b) => b.textContent?.trim().toLocaleLowerCase().startsWith(key.toLocaleLowerCase()))
      ?.focus();
  };
  const key = (e: KeyboardEvent) => {
    if (e.key === "Tab") return props.onClose();
    if (rove(e, list, "button")) return;
    if (e.key.length === 1 && e.key !== " ") letter(e.key);
  };
  const choose = (item: MenuItem) => {
    if (item.disabled) return;
    props.onClose();
    item.run();
  };
  return (
    <Popover
      anchor={props.anchor}
      side={props.side ?? "below-end"}
      role="menu"
      label={props.label}
      class={css.menu}
      onClose={props.onClose}
      onKeyDown={key}
    >
      <div ref={list} role="none">
        <For each={props.items}>
          {(item) => (
            <>
              <Show when={item.rule}>
                <hr class={css.rule} />
              </Show>
              {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: checked is there only with the radio role */}
              <button
                type="button"
                role={item.checked === undefined ? "menuitem" : "menuitemradio"}
                aria-checked={item.checked}
                tabindex="-1"
                aria-disabled={item.disabled || undefined}
                class={cx(css.item, item.danger && css.danger)}
                onClick={() => choose(item)}
              >
                <Show when={item.checked ? "check" : item.icon}>
                  {(name) => <Icon name={name()} size={18} />}
                </Show>
                <span>{item.label}</span>
                <Show when={item.keys}>
                  <span class={css.keys}>{item.keys}</span>
                </Show>
              </button>
            </>
          )}
        </For>
      </div>
    </Popover>
  );
}

interface MenuButtonProps {
  icon: IconName;
  label: string;
  tight?: boolean;
  side?: Side;
  items: () => MenuItem[];
  onOpen?: (open: boolean) => void;
}

export function MenuButton(props: MenuButtonProps): JSX.Element {
  let button!: HTMLButtonElement;
  const [open, setOpen] = createSignal(false);
  const turn = (to: boolean) => {
    setOpen(to);
    props.onOpen?.(to);
  };
  return (
    <>
      <IconButton
        ref={button}
        icon={props.icon}
        label={props.label}
        tight={props.tight ?? false}
        aria-haspopup="menu"
        aria-expanded={open()}
        onClick={() => turn(!open())}
      />
      <Show when={open()}>
        <Menu
          anchor={button}
          label={props.label}
          side={props.side ?? "below-end"}
          items={props.items()}
          onClose={() => turn(false)}
        />
      </Show>
    </>
  );
}
