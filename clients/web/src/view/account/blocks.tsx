import { For, type JSX, onMount } from "solid-js";
import { t } from "../../i18n";
import { attempt } from "../lib/action";
import { useModel } from "../lib/context";
import { Avatar } from "../ui/avatar";
import { Button } from "../ui/button";
import list from "../ui/list.module.css";
import css from "./settings.module.css";

export function BlockList(): JSX.Element {
  const model = useModel();
  onMount(() => void model.blocks.load().catch(() => undefined));
  return (
    <section class={css.group}>
      <h2>{t("settings.blocks")}</h2>
      <p>{t("block.hint")}</p>
      <ul class={css.lines}>
        <For each={model.blocks.list()} fallback={<li class={list.none}>{t("blocks.none")}</li>}>
          {(id) => (
            <li class={css.line}>
              <Avatar id={id} name={model.users.name(id) || "?"} />
              <span class={list.main} dir="auto">
                {model.users.name(id) || t("someone")}
              </span>
              <Button size="small" onClick={() => attempt(model.blocks.remove(id), t("block.off"))}>
                {t("block.remove")}
              </Button>
            </li>
          )}
        </For>
      </ul>
    </section>
  );
}
