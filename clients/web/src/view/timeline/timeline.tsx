import {
  createEffect,
  createMemo,
  createSignal,
  type JSX,
  Match,
  on,
  onCleanup,
  Show,
  Switch,
} from "solid-js";
import { Virtualizer, type VirtualizerHandle } from "virtua/solid";
import { t } from "../../i18n";
import type { Conversation, Row } from "../../model";
import { useModel } from "../lib/context";
import { failureText } from "../lib/failures";
import { createLooking } from "../lib/looking";
import { route } from "../lib/route";
import { Icon } from "../ui/icons";
import { ErrorState } from "../ui/states";
import { ActiveRow, editing } from "./active";
import { followsArrival } from "./arrivals";
import { Bones } from "./bones";
import { DayLine, Start, UnreadLine } from "./lines";
import { MessageItem } from "./message";
import { shifted } from "./shift";
import css from "./timeline.module.css";

const NEAR_END = 40;
const NEAR_EDGE = 900;

/** The messages of a conversation. Mount it anew for another one. */
export function Timeline(props: { conversation: Conversation }): JSX.Element {
  const model = useModel();
  const line = model.messages.open(props.conversation.id);
  let scroller!: HTMLDivElement;
  let list: VirtualizerHandle | undefined;
  let settled = false;
  let lastTop = 0;
  const [atEnd, setAtEnd] = createSignal(true);
  const [arrived, setArrived] = createSignal(false);
  const [marked, setMarked] = createSignal<string>();
  const active = new ActiveRow(line);

  // What came before the first row decides how the list keeps its place.
  const view = createMemo<{ rows: readonly Row[]; shift: boolean }>(
    (last) => {
      const rows = line.rows();
      return { rows, shift: shifted(last.rows, rows) };
    },
    { rows: [], shift: false },
  );
  const indexOf = (key: string) => view().rows.findIndex((row) => row.key === key);
  const toEnd = () => list?.scrollToIndex(view().rows.length - 1, { align: "end" });

  const settle = () => {
    if (settled || !list || view().rows.length === 0) return;
    settled = true;
    const unread = view().rows.findIndex((row) => row.kind === "unread");
    setAtEnd(unread <= 0 && !seqWanted());
    if (unread > 0 && !seqWanted()) list.scrollToIndex(unread, { align: "center" });
    else if (!seqWanted()) toEnd();
    arrive();
  };
  // The list scrolls when it has measured its rows; what is seen before that says nothing.
  const arrive = () =>
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        setArrived(true);
        scrolled();
      }),
    );
  const seqWanted = () => {
    const to = route();
    return to.at === "room" || to.at === "dm" ? to.seq : undefined;
  };
  const scrolled = () => {
    if (!list) return;
    // The element knows better than the list, which guesses what it has not measured.
    const { scrollTop, scrollHeight, clientHeight } = scroller;
    const left = scrollHeight - clientHeight - scrollTop;
    // Only going up leaves the end: that it moves away below, as messages come, does not.
    if (left <= NEAR_END) setAtEnd(true);
    else if (scrollTop < lastTop) setAtEnd(false);
    lastTop = scrollTop;
    if (!arrived()) return;
    if (scrollTop < NEAR_EDGE && line.hasOlder() && !line.loadingOlder()) void line.loadOlder();
    if (left < NEAR_EDGE && line.hasNewer() && !line.loadingNewer()) void line.loadNewer();
  };

  createEffect(
    on(view, () => {
      if (!settled) return queueMicrotask(() => requestAnimationFrame(settle));
      if (atEnd() && line.live()) queueMicrotask(toEnd);
    }),
  );
  createEffect(
    on(seqWanted, (seq) => {
      if (!seq) return;
      void line.jumpTo(seq).then((key) => {
        const at = key ? indexOf(key) : -1;
        settled = true;
        setAtEnd(false);
        arrive();
        if (at < 0) return;
        list?.scrollToIndex(at, { align: "center" });
        setMarked(key);
        active.set(key);
      });
    }),
  );
  // What is to be edited may be out of sight, and so not there at all.
  createEffect(
    on(editing, (key) => {
      const at = key ? indexOf(key) : -1;
      if (at >= 0) list?.scrollToIndex(at, { align: "nearest" });
    }),
  );
  createEffect(() => line.setAtEnd(arrived() && atEnd() && line.live() && looking()));
  const looking = createLooking();
  followsArrival(model, props.conversation, line);
  onCleanup(() => line.close());

  const newest = async () => {
    await line.jumpToNewest();
    requestAnimationFrame(toEnd);
  };
  return (
    <section
      class={css.frame}
      aria-label={t("timeline.label", { name: props.conversation.name() })}
      aria-busy={line.status() === "loading"}
    >
      <Switch>
        <Match when={line.status() === "failed" && view().rows.length === 0}>
          <ErrorState text={failureText(line.failure())} onRetry={() => void line.retry()} />
        </Match>
        <Match when={view().rows.length === 0 && line.status() !== "ready"}>
          <Bones />
        </Match>
      </Switch>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys are of the elements inside */}
      <div
        ref={scroller}
        class={css.scroller}
        onKeyDown={(e) => active.key(e, scroller)}
        onPointerOver={(e) => active.over(e)}
        onPointerLeave={() => active.left()}
        onFocusIn={(e) => active.focus(e)}
      >
        <div class={css.push} />
        <div class={css.list}>
          <Virtualizer
            ref={(handle) => {
              list = handle;
            }}
            scrollRef={scroller}
            data={view().rows}
            shift={view().shift}
            bufferSize={600}
            onScroll={scrolled}
            onResize={() => (arrived() && atEnd() && line.live() ? toEnd() : scrolled())}
          >
            {(row) => (
              <Switch>
                <Match when={row.kind === "message" && row}>
                  {(m) => (
                    <MessageItem
                      row={m()}
                      conversation={props.conversation}
                      active={active}
                      marked={marked() === m().key}
                    />
                  )}
                </Match>
                <Match when={row.kind === "day" && row}>{(d) => <DayLine day={d().day} />}</Match>
                <Match when={row.kind === "unread"}>
                  <UnreadLine />
                </Match>
                <Match when={row.kind === "start"}>
                  <Start conversation={props.conversation} />
                </Match>
              </Switch>
            )}
          </Virtualizer>
        </div>
      </div>
      <Show when={line.loadingOlder()}>
        <p class={css.more} role="status">
          {t("timeline.older")}
        </p>
      </Show>
      <Show when={arrived() && (!atEnd() || !line.live()) && view().rows.length > 0}>
        <button type="button" class={css.newest} onClick={() => void newest()}>
          <Icon name="down" size={16} />
          <span>
            {props.conversation.unread() > 0
              ? t("timeline.unread", { n: props.conversation.unread() })
              : t("timeline.newest")}
          </span>
        </button>
      </Show>
    </section>
  );
}
