import { createSignal, For, type JSX, Show } from "solid-js";
import { t } from "../../i18n";
import type { Conversation, Notify } from "../../model";
import { useModel } from "../lib/context";
import { askPermission, canNotify } from "../lib/notify";
import { desktop, setDesktop } from "../lib/prefs";
import { Check } from "../ui/field";
import { Note } from "../ui/note";
import css from "./settings.module.css";

const CHOICES = ["all", "mentions", "none"] as const satisfies readonly Notify[];

export function Notifications(): JSX.Element {
  const model = useModel();
  const [refused, setRefused] = createSignal(canNotify() && Notification.permission === "denied");
  const turn = async (on: boolean) => {
    if (!on) return setDesktop("off");
    await askPermission();
    setRefused(Notification.permission === "denied");
  };
  const all = () => [...model.conversations.rooms(), ...model.conversations.dms()];
  return (
    <>
      <section class={css.group}>
        <h2>{t("desktop")}</h2>
        <Show when={canNotify()} fallback={<Note text={t("desktop.insecure")} />}>
          <Check
            label={t("desktop.on")}
            hint={t("desktop.hint")}
            checked={desktop() === "on" && !refused()}
            disabled={refused()}
            onChange={(e) => void turn(e.currentTarget.checked)}
          />
          <Note text={refused() ? t("desktop.refused") : undefined} />
        </Show>
      </section>
      <section class={css.group}>
        <h2>{t("notify.each")}</h2>
        <p>{t("notify.each.text")}</p>
        <Show when={all().length > 0} fallback={<p>{t("side.rooms.none")}</p>}>
          <ul class={css.lines}>
            <For each={all()}>{(c) => <Choice conversation={c} />}</For>
          </ul>
        </Show>
      </section>
    </>
  );
}

function Choice(props: { conversation: Conversation }): JSX.Element {
  const model = useModel();
  const c = () => props.conversation;
  return (
    <li class={css.line}>
      <label for={`n-${c().id}`} dir="auto">
        {c().kind === "room" ? `# ${c().name()}` : c().name()}
      </label>
      <select
        id={`n-${c().id}`}
        class={css.select}
        value={c().notify()}
        onChange={(e) =>
          model.conversations.setNotify(
            c().id,
            CHOICES.find((x) => x === e.currentTarget.value) ?? "mentions",
          )
        }
      >
        <For each={CHOICES}>{(x) => <option value={x}>{t(`notify.${x}`)}</option>}</For>
      </select>
    </li>
  );
}
