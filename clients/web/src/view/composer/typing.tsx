import type { JSX } from "solid-js";
import { t } from "../../i18n";
import type { Conversation } from "../../model";
import { useModel } from "../lib/context";
import css from "./composer.module.css";

/** Who is typing. Its place is kept, so that nothing moves when somebody begins. */
export function TypingLine(props: { conversation: Conversation }): JSX.Element {
  const model = useModel();
  const text = () => {
    const ids = props.conversation.typing();
    const name = (i: number) => model.users.name(ids[i] ?? "") || t("someone");
    if (ids.length === 0) return "";
    if (ids.length === 1) return t("typing.one", { a: name(0) });
    if (ids.length === 2) return t("typing.two", { a: name(0), b: name(1) });
    return t("typing.many");
  };
  return <span class={css.typing}>{text()}</span>;
}
