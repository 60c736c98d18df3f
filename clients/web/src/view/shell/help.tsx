import { For, type JSX } from "solid-js";
import { type Key, t } from "../../i18n";
import { Dialog } from "../ui/dialog";
import { Keys, mod } from "../ui/kbd";
import css from "./help.module.css";

const GROUPS: readonly { title: Key; keys: readonly (readonly [Key, readonly string[]])[] }[] = [
  {
    title: "help.go",
    keys: [
      ["switcher", ["Mod", "K"]],
      ["help.next", ["Alt", "↓"]],
      ["help.previous", ["Alt", "↑"]],
      ["help.unread", ["Alt", "⇧", "↓"]],
      ["help.panel", ["Mod", "."]],
      ["help.title", ["?"]],
    ],
  },
  {
    title: "help.write",
    keys: [
      ["send", ["↵"]],
      ["help.line", ["⇧", "↵"]],
      ["help.editLast", ["↑"]],
      ["help.mention", ["@"]],
      ["help.emoji", [":"]],
      ["help.read", ["Esc"]],
    ],
  },
  {
    title: "help.messages",
    keys: [
      ["help.move", ["↑", "↓"]],
      ["edit", ["E"]],
      ["message.copy", ["C"]],
      ["delete", ["Del"]],
    ],
  },
  {
    title: "help.markdown",
    keys: [
      ["help.bold", ["**…**"]],
      ["help.italic", ["*…*"]],
      ["help.code", ["`…`"]],
      ["help.block", ["```"]],
      ["help.quote", [">"]],
      ["help.list", ["-"]],
    ],
  },
];

/** All shortcuts. */
export default function Help(props: { onClose: () => void }): JSX.Element {
  return (
    <Dialog title={t("help.title")} wide onClose={props.onClose}>
      {/* Where it does not fit the keyboard has to scroll it. */}
      <section class={css.groups} tabindex="0" aria-label={t("help.title")}>
        <For each={GROUPS}>
          {(group) => (
            <section>
              <h3>{t(group.title)}</h3>
              <ul>
                <For each={group.keys}>
                  {([text, keys]) => (
                    <li class={css.line}>
                      <span>{t(text)}</span>
                      <Keys keys={keys.map((key) => (key === "Mod" ? mod() : key))} />
                    </li>
                  )}
                </For>
              </ul>
            </section>
          )}
        </For>
      </section>
    </Dialog>
  );
}
