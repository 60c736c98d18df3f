import { createSignal, For, type JSX, Show } from "solid-js";
import { t } from "../../i18n";
import type { User } from "../../model";
import { useModel } from "../lib/context";
import { failureText } from "../lib/failures";
import { rove } from "../lib/rove";
import { createSearch } from "../lib/search";
import { Avatar } from "../ui/avatar";
import { SearchField } from "../ui/field";
import list from "../ui/list.module.css";
import { ErrorState } from "../ui/states";

interface Props {
  label: string;
  /** What a click does, and what stands at the end of a row. */
  onPick: (user: User) => void;
  end?: (user: User) => JSX.Element;
  disabled?: (user: User) => boolean;
}

/** Finds people by name. */
export function PeoplePicker(props: Props): JSX.Element {
  const model = useModel();
  let rows!: HTMLDivElement;
  const [text, setText] = createSignal("");
  const search = createSearch(text, (wanted) => model.users.search(wanted.trim(), 30));
  const enter = (e: KeyboardEvent) => {
    const first = search.found()?.items[0];
    if (e.key === "ArrowDown") rows.querySelector<HTMLElement>("button")?.focus();
    else if (e.key !== "Enter") return;
    else if (first && !search.busy()) props.onPick(first.user);
    e.preventDefault();
  };
  return (
    <>
      <SearchField
        autofocus
        label={props.label}
        onInput={(e) => setText(e.currentTarget.value)}
        onKeyDown={enter}
      />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys are of the elements inside */}
      <div
        ref={rows}
        class={list.scroll}
        aria-busy={search.busy()}
        onKeyDown={(e) => rove(e, rows, "button")}
      >
        <Show
          when={!search.failure()}
          fallback={<ErrorState text={failureText(search.failure())} onRetry={search.again} />}
        >
          <For
            each={search.found()?.items}
            fallback={
              <p class={list.none} role="status">
                {search.busy() ? t("loading") : t("people.none")}
              </p>
            }
          >
            {(hit) => (
              <button
                type="button"
                class={list.row}
                disabled={props.disabled?.(hit.user)}
                onClick={() => props.onPick(hit.user)}
              >
                <Avatar
                  id={hit.user.id}
                  name={hit.user.display_name || hit.user.username}
                  here={hit.online}
                />
                <span class={list.main}>
                  <p dir="auto">{hit.user.display_name || hit.user.username}</p>
                  <p class={list.faint}>
                    @{hit.user.username} · {hit.online ? t("online") : t("offline")}
                  </p>
                </span>
                {props.end?.(hit.user)}
              </button>
            )}
          </For>
        </Show>
      </div>
    </>
  );
}
