import { For, type JSX, Match, Switch } from "solid-js";
import { t } from "../../i18n";
import type { Conversation } from "../../model";
import { IconButton } from "../ui/button";
import { Skeleton } from "../ui/states";
import { ConversationItem, type IsStop } from "./item";
import css from "./side.module.css";

interface SectionProps {
  isStop: IsStop;
  title: string;
  add: string;
  none: string;
  ready: boolean;
  list: readonly Conversation[];
  onAdd: () => void;
}

/** Conversations of a kind, and how to get another one. */
export function Section(props: SectionProps): JSX.Element {
  return (
    <section class={css.section}>
      <div class={css.sectionHead}>
        <h2>{props.title}</h2>
        <IconButton icon="plus" label={props.add} tight onClick={() => props.onAdd()} />
      </div>
      <Switch
        fallback={
          <ul>
            <For each={props.list}>
              {(c) => (
                <li>
                  <ConversationItem conversation={c} isStop={props.isStop} />
                </li>
              )}
            </For>
          </ul>
        }
      >
        <Match when={!props.ready && props.list.length === 0}>
          <div class={css.bones} role="status" aria-label={t("loading")}>
            <For each={["70%", "50%", "60%"]}>{(w) => <Skeleton width={w} height="0.9rem" />}</For>
          </div>
        </Match>
        <Match when={props.list.length === 0}>
          <p class={css.none}>{props.none}</p>
        </Match>
      </Switch>
    </section>
  );
}
