import { For, type JSX } from "solid-js";
import { t } from "../../i18n";
import { Skeleton } from "../ui/states";
import css from "./timeline.module.css";

/** Where messages will be. */
export function Bones(): JSX.Element {
  return (
    <div class={css.bones} role="status" aria-label={t("loading")}>
      <For each={["55%", "80%", "35%", "65%", "48%"]}>
        {(width) => (
          <div class={css.bone}>
            <Skeleton width="2.25rem" height="2.25rem" round />
            <span>
              <Skeleton width="7rem" />
              <Skeleton width={width} />
            </span>
          </div>
        )}
      </For>
    </div>
  );
}
