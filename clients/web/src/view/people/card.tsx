import { type JSX, onMount, Show } from "solid-js";
import { t } from "../../i18n";
import { attempt } from "../lib/action";
import { useModel } from "../lib/context";
import { go } from "../lib/route";
import { Avatar } from "../ui/avatar";
import { Button } from "../ui/button";
import { Popover } from "../ui/popover";
import css from "./card.module.css";

/** Who somebody is, and what one can do about it. */
export function PersonCard(props: {
  user: string;
  anchor: HTMLElement;
  onClose: () => void;
}): JSX.Element {
  const model = useModel();
  let box!: HTMLDivElement;
  const user = () => model.users.get(props.user);
  const name = () => model.users.name(props.user) || t("someone");
  const self = () => model.session.me()?.id === props.user;
  const blocked = () => model.blocks.has(props.user);
  onMount(() => queueMicrotask(() => box.querySelector("button")?.focus()));
  const then = (run: () => void) => () => {
    props.onClose();
    run();
  };
  return (
    <Popover
      anchor={props.anchor}
      side="below-start"
      label={name()}
      class={css.card}
      onClose={props.onClose}
    >
      <div ref={box}>
        <div class={css.who}>
          <Avatar
            id={props.user}
            name={name()}
            size="large"
            here={model.users.online(props.user)}
          />
          <div class={css.names}>
            <p class={css.name} dir="auto">
              {name()}
            </p>
            <p class={css.at}>@{user()?.username ?? ""}</p>
            <p class={css.at}>{model.users.online(props.user) ? t("online") : t("offline")}</p>
          </div>
        </div>
        <div class={css.do}>
          <Button
            size="small"
            look="main"
            icon="envelope"
            onClick={then(() => go({ at: "dm", user: props.user }))}
          >
            {self() ? t("dm.self") : t("dm.write")}
          </Button>
          <Show when={!self()}>
            <Button
              size="small"
              onClick={then(() =>
                attempt(
                  blocked() ? model.blocks.remove(props.user) : model.blocks.add(props.user),
                  blocked() ? t("block.off") : t("block.on"),
                ),
              )}
            >
              {blocked() ? t("block.remove") : t("block.add")}
            </Button>
          </Show>
          <Show when={self()}>
            <Button size="small" onClick={then(() => go({ at: "settings", page: "profile" }))}>
              {t("settings.profile")}
            </Button>
          </Show>
        </div>
      </div>
    </Popover>
  );
}
