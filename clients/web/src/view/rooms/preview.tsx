import { createResource, type JSX, Match, Show, Switch } from "solid-js";
import { t } from "../../i18n";
import { createAction } from "../lib/action";
import { useModel } from "../lib/context";
import { codeOf, failureText } from "../lib/failures";
import { go } from "../lib/route";
import { PageHead } from "../shell/head";
import { Avatar } from "../ui/avatar";
import { Tag } from "../ui/badge";
import { Button } from "../ui/button";
import { Note } from "../ui/note";
import { EmptyState, ErrorState, Skeleton } from "../ui/states";
import css from "./rooms.module.css";

/** A room that one is not in: what it is, and the way in; or that there is none. */
export default function Preview(props: { id: string }): JSX.Element {
  const model = useModel();
  const action = createAction();
  const [found, { refetch }] = createResource(
    () => props.id,
    async (id) => {
      try {
        return await model.rooms.read(id);
      } catch (e) {
        return { failure: e };
      }
    },
  );
  const room = () => {
    const answer = found();
    return answer && "room" in answer ? answer : undefined;
  };
  const failure = () => {
    const answer = found();
    return answer && "failure" in answer ? answer.failure : undefined;
  };
  const full = () => {
    const most = room()?.room.settings.max_members ?? 0;
    return most > 0 && (room()?.memberCount ?? 0) >= most;
  };
  return (
    <>
      <PageHead title={room()?.room.name ?? t("room")} />
      <Switch
        fallback={
          <div class={css.preview} role="status" aria-label={t("loading")}>
            <Skeleton width="4rem" height="4rem" />
            <Skeleton width="12rem" height="1.5rem" />
            <Skeleton width="18rem" />
          </div>
        }
      >
        <Match when={failure() && ["room_not_found", "not_found"].includes(codeOf(failure()))}>
          <EmptyState icon="search" title={t("room.unknown.title")} text={t("room.unknown.text")}>
            <Button onClick={() => go({ at: "rooms" })}>{t("rooms.browse")}</Button>
          </EmptyState>
        </Match>
        <Match when={failure()}>
          <ErrorState text={failureText(failure())} onRetry={() => void refetch()} />
        </Match>
        <Match when={room()}>
          {(r) => (
            <div class={css.preview}>
              <Avatar
                id={r().room.id}
                name={r().room.name}
                size="large"
                room={r().room.settings.is_private ? "private" : "public"}
              />
              <h2 dir="auto">{r().room.name}</h2>
              <p dir="auto">{r().room.settings.description || t("room.start.plain")}</p>
              <p class={css.count}>
                {t("room.count", { n: r().memberCount })}{" "}
                <Show when={full()}>
                  <Tag>{t("room.full")}</Tag>
                </Show>
              </p>
              <Note bad text={action.wrong()} />
              <Button
                look="main"
                busy={action.busy()}
                disabled={full()}
                onClick={() => void action.run(() => model.rooms.join(props.id))}
              >
                {t("room.join")}
              </Button>
            </div>
          )}
        </Match>
      </Switch>
    </>
  );
}
