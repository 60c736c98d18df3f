import { type JSX, Show } from "solid-js";
import { t } from "../../i18n";
import { useModel } from "../lib/context";
import { open } from "../lib/overlay";
import { go } from "../lib/route";
import { Button } from "../ui/button";
import { EmptyState } from "../ui/states";

/** Nothing is open. Who is new here gets a first step. */
export function Home(): JSX.Element {
  const model = useModel();
  const fresh = () =>
    model.conversations.ready() &&
    model.conversations.rooms().length + model.conversations.dms().length === 0;
  return (
    <Show
      when={fresh()}
      fallback={<EmptyState page icon="keyboard" title={t("home.title")} text={t("home.text")} />}
    >
      <EmptyState page icon="hash" title={t("home.new.title")} text={t("home.new.text")}>
        <Button look="main" icon="search" onClick={() => go({ at: "rooms" })}>
          {t("rooms.browse")}
        </Button>
        <Button icon="plus" onClick={() => open({ kind: "create-room" })}>
          {t("room.create")}
        </Button>
        <Button icon="envelope" onClick={() => open({ kind: "new-dm" })}>
          {t("dm.new")}
        </Button>
      </EmptyState>
    </Show>
  );
}

export function Nowhere(): JSX.Element {
  return (
    <EmptyState page icon="search" title={t("nowhere.title")} text={t("nowhere.text")}>
      <Button onClick={() => go({ at: "home" })}>{t("nowhere.home")}</Button>
    </EmptyState>
  );
}
