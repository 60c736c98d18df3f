import type { JSX } from "solid-js";
import { t } from "../../i18n";
import { Mark } from "../ui/icons";
import css from "./starting.module.css";

/** Before it is known whether there is a login. */
export function Starting(): JSX.Element {
  return (
    <main class={css.starting}>
      <h1 class="away">Lair</h1>
      <div role="status" aria-label={t("loading")}>
        <Mark size={48} />
      </div>
    </main>
  );
}
