import type { JSX } from "solid-js";
import { t } from "../../i18n";
import { Mark } from "../ui/icons";
import css from "./starting.module.css";

/** Before it is known whether there is a login. */
export function Starting(): JSX.Element {
  return (
    <div class={css.starting} role="status" aria-label={t("loading")}>
      <Mark size={48} />
    </div>
  );
}
