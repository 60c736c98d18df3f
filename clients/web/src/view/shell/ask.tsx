import { type JSX, Show } from "solid-js";
import { t } from "../../i18n";
import { useModel } from "../lib/context";
import { askPermission, canNotify } from "../lib/notify";
import { desktop, setDesktop } from "../lib/prefs";
import { Button } from "../ui/button";
import css from "./side.module.css";

/** Asks once, quietly, when there is something to be told about; the browser asks after a click. */
export function AskNotifications(): JSX.Element {
  const model = useModel();
  const due = () =>
    canNotify() &&
    desktop() === "ask" &&
    model.conversations.rooms().length + model.conversations.dms().length > 0;
  return (
    <Show when={due()}>
      <div class={css.ask}>
        <p>{t("ask.text")}</p>
        <div>
          <Button size="small" look="main" onClick={() => void askPermission()}>
            {t("ask.yes")}
          </Button>
          <Button size="small" look="bare" onClick={() => setDesktop("off")}>
            {t("ask.no")}
          </Button>
        </div>
      </div>
    </Show>
  );
}
