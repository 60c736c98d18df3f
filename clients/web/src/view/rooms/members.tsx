import {
  createEffect,
  createMemo,
  createSignal,
  For,
  type JSX,
  Match,
  on,
  onMount,
  Show,
  Switch,
} from "solid-js";
import { Virtualizer } from "virtua/solid";
import { t } from "../../i18n";
import type { Conversation, Member, RoomRole } from "../../model";
import { useModel } from "../lib/context";
import { SearchField } from "../ui/field";
import list from "../ui/list.module.css";
import { ErrorState, Skeleton } from "../ui/states";
import { MemberRow } from "./member";
import css from "./rooms.module.css";

const ROLES: readonly RoomRole[] = ["owner", "moderator", "member"];

/** From so many on only those are there that can be seen. */
const MANY = 100;

export function MemberList(props: { conversation: Conversation }): JSX.Element {
  const model = useModel();
  const members = model.rooms.members(props.conversation.id);
  const [text, setText] = createSignal("");
  const load = () => void members.load().catch(() => undefined);
  onMount(load);
  const found = createMemo(() => {
    const wanted = text().trim().toLowerCase();
    const all = members.list();
    return wanted
      ? all.filter((m) =>
          `${m.username} ${model.users.name(m.user_id)}`.toLowerCase().includes(wanted),
        )
      : all;
  });
  const of = (role: RoomRole): readonly Member[] => found().filter((m) => m.role === role);
  return (
    <Switch>
      <Match when={members.status() === "failed" && members.list().length === 0}>
        <ErrorState text={t("members.failed")} onRetry={load} />
      </Match>
      <Match when={members.list().length === 0}>
        <div class={css.about} role="status" aria-label={t("loading")}>
          <For each={["60%", "75%", "45%", "65%"]}>
            {(width) => <Skeleton width={width} height="1.25rem" />}
          </For>
        </div>
      </Match>
      <Match when={true}>
        <Show when={members.list().length > 8}>
          <div class={css.filter}>
            <SearchField
              label={t("members.search")}
              onInput={(e) => setText(e.currentTarget.value)}
            />
          </div>
        </Show>
        <For each={ROLES}>
          {(role) => (
            <Show when={of(role).length > 0}>
              <section>
                <h3 class={list.group}>
                  {t(`role.${role}s`)} · {of(role).length}
                </h3>
                <Show
                  when={of(role).length > MANY}
                  fallback={
                    <ul>
                      <For each={of(role)}>
                        {(member) => (
                          <li>
                            <MemberRow member={member} room={props.conversation} />
                          </li>
                        )}
                      </For>
                    </ul>
                  }
                >
                  <Many members={of(role)} room={props.conversation} all={found()} />
                </Show>
              </section>
            </Show>
          )}
        </For>
        <Show when={found().length === 0}>
          <p class={list.none}>{t("people.none")}</p>
        </Show>
      </Match>
    </Switch>
  );
}

/** A long list inside the panel, which scrolls. `all` is what decides how much lies above it. */
function Many(props: {
  members: readonly Member[];
  room: Conversation;
  all: readonly Member[];
}): JSX.Element {
  let el!: HTMLDivElement;
  const [scroller, setScroller] = createSignal<HTMLElement>();
  const [above, setAbove] = createSignal(0);
  onMount(() => setScroller(el.closest<HTMLElement>("[role=tabpanel]") ?? undefined));
  createEffect(
    on([scroller, () => props.all], ([within]) => {
      if (!within) return;
      const top = within.getBoundingClientRect().top - within.scrollTop;
      setAbove(Math.round(el.getBoundingClientRect().top - top));
    }),
  );
  return (
    <div ref={el}>
      <Show when={scroller()}>
        {(within) => (
          <Virtualizer
            as="ul"
            item="li"
            data={props.members}
            scrollRef={within()}
            startMargin={above()}
          >
            {(member) => <MemberRow member={member} room={props.room} />}
          </Virtualizer>
        )}
      </Show>
    </div>
  );
}
