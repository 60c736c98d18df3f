import { createSignal, For, type JSX, Match, Show, Switch } from "solid-js";
import { t } from "../../i18n";
import type { RoomListing } from "../../model";
import { createAction } from "../lib/action";
import { useModel } from "../lib/context";
import { failureText } from "../lib/failures";
import { open } from "../lib/overlay";
import { go, href } from "../lib/route";
import { createSearch } from "../lib/search";
import { PageHead } from "../shell/head";
import shell from "../shell/shell.module.css";
import { Avatar } from "../ui/avatar";
import { Tag } from "../ui/badge";
import { Button } from "../ui/button";
import { SearchField } from "../ui/field";
import { EmptyState, ErrorState, Skeleton } from "../ui/states";
import { toast } from "../ui/toasts";
import css from "./rooms.module.css";

const PAGE = 30;

/** All rooms that one may see, with a search. */
export default function Directory(): JSX.Element {
  const model = useModel();
  const [text, setText] = createSignal("");
  let shown: { of: string; items: readonly RoomListing[] } = { of: "", items: [] };
  let onward = false;
  const ask = async (typed: string) => {
    const of = typed.trim();
    const before = onward && of === shown.of ? shown.items : [];
    onward = false;
    const page = await model.rooms.search(of, PAGE, before.length);
    // Rooms that moved since the page before are on two pages.
    const known = new Set(before.map((l) => l.room.id));
    shown = { of, items: [...before, ...page.items.filter((l) => !known.has(l.room.id))] };
    return { items: shown.items, hasMore: page.hasMore };
  };
  const search = createSearch(text, ask);
  const more = () => {
    onward = true;
    search.again();
  };
  return (
    <>
      <PageHead title={t("rooms.browse")}>
        <Button size="small" look="main" icon="plus" onClick={() => open({ kind: "create-room" })}>
          {t("room.create")}
        </Button>
      </PageHead>
      <div class={shell.page}>
        <div class={css.wrap}>
          <SearchField
            label={t("rooms.search")}
            autofocus
            onInput={(e) => setText(e.currentTarget.value)}
          />
          <Switch>
            <Match when={search.failure()}>
              <ErrorState text={failureText(search.failure())} onRetry={search.again} />
            </Match>
            <Match when={!search.found()}>
              <div class={css.cards} role="status" aria-label={t("loading")}>
                <For each={["40%", "55%", "35%"]}>
                  {(width) => (
                    <div class={css.card}>
                      <Skeleton width="2.25rem" height="2.25rem" />
                      <Skeleton width={width} />
                    </div>
                  )}
                </For>
              </div>
            </Match>
            <Match when={search.found()?.items.length === 0}>
              <EmptyState
                icon="search"
                title={t(text() ? "rooms.none.title" : "rooms.empty.title")}
                text={t(text() ? "rooms.none.text" : "rooms.empty.text")}
              >
                <Button icon="plus" onClick={() => open({ kind: "create-room" })}>
                  {t("room.create")}
                </Button>
              </EmptyState>
            </Match>
            <Match when={search.found()}>
              {(page) => (
                <>
                  <ul class={css.cards} aria-busy={search.busy()}>
                    <For each={page().items}>{(listing) => <Card listing={listing} />}</For>
                  </ul>
                  <Show when={page().hasMore}>
                    <Button class={css.center} busy={search.busy()} onClick={more}>
                      {t("more.show")}
                    </Button>
                  </Show>
                </>
              )}
            </Match>
          </Switch>
        </div>
      </div>
    </>
  );
}

function Card(props: { listing: RoomListing }): JSX.Element {
  const model = useModel();
  const action = createAction();
  const room = () => props.listing.room;
  const to = () => ({ at: "room", id: room().id }) as const;
  const most = () => room().settings.max_members;
  const full = () => most() > 0 && props.listing.member_count >= most();
  const join = async () => {
    if (await action.run(() => model.rooms.join(room().id))) go(to());
    else toast(action.wrong() ?? "", { bad: true });
  };
  return (
    <li class={css.card}>
      <Avatar
        id={room().id}
        name={room().name}
        room={room().settings.is_private ? "private" : "public"}
      />
      <div class={css.cardMain}>
        <h2>
          <a href={href(to())} dir="auto">
            {room().name}
          </a>
          <Show when={room().settings.is_private}>
            <Tag>{t("room.tag.private")}</Tag>
          </Show>
        </h2>
        <Show when={room().settings.description}>
          <p class={css.what} dir="auto">
            {room().settings.description}
          </p>
        </Show>
        <p class={css.count}>
          {most() > 0
            ? t("room.count.of", { n: props.listing.member_count, most: most() })
            : t("room.count", { n: props.listing.member_count })}
        </p>
      </div>
      <div class={css.do}>
        <Show
          when={
            !props.listing.is_member && !model.conversations.rooms().some((c) => c.id === room().id)
          }
          fallback={
            <Button size="small" onClick={() => go(to())}>
              {t("room.open")}
            </Button>
          }
        >
          <Button
            size="small"
            look="main"
            busy={action.busy()}
            disabled={full()}
            onClick={() => void join()}
          >
            {full() ? t("room.full") : t("room.join")}
          </Button>
        </Show>
      </div>
    </li>
  );
}
