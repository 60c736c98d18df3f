import { type JSX, Show } from "solid-js";
import { t } from "../../i18n";
import { useModel } from "../lib/context";
import { open } from "../lib/overlay";
import { go } from "../lib/route";
import { Avatar } from "../ui/avatar";
import { IconButton } from "../ui/button";
import css from "./side.module.css";

/** Who one is here. */
export function Me(): JSX.Element {
  const model = useModel();
  return (
    <Show when={model.session.me()}>
      {(me) => (
        <div class={css.me}>
          <Avatar
            id={me().id}
            name={me().display_name || me().username}
            here={model.connection().kind === "live"}
          />
          <div class={css.who}>
            <p dir="auto">{me().display_name || me().username}</p>
            <p>
              <bdi>@{me().username}</bdi>
            </p>
          </div>
          <IconButton
            icon="keyboard"
            label={t("help.title")}
            keys="?"
            onClick={() => open({ kind: "help" })}
          />
          <IconButton
            icon="gear"
            label={t("settings")}
            onClick={() => go({ at: "settings", page: "profile" })}
          />
        </div>
      )}
    </Show>
  );
}
