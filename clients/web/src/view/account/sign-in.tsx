import { createSignal, type JSX } from "solid-js";
import { t } from "../../i18n";
import { createAction } from "../lib/action";
import { useModel } from "../lib/context";
import { Button } from "../ui/button";
import { TextField } from "../ui/field";
import { Note } from "../ui/note";
import css from "./gate.module.css";

export function SignIn(): JSX.Element {
  const model = useModel();
  const action = createAction();
  const [name, setName] = createSignal("");
  const [password, setPassword] = createSignal("");
  let first!: HTMLFormElement;
  const submit = async (e: SubmitEvent) => {
    e.preventDefault();
    if (!name().trim() || !password())
      return first.querySelector<HTMLInputElement>("input:placeholder-shown, input")?.focus();
    await action.run(() => model.session.login(name().trim(), password()));
  };
  return (
    <form ref={first} class={css.fields} onSubmit={(e) => void submit(e)} novalidate>
      <TextField
        label={t("sign.name")}
        name="username"
        autocomplete="username"
        autocapitalize="none"
        spellcheck={false}
        autofocus
        required
        value={name()}
        onInput={(e) => setName(e.currentTarget.value)}
      />
      <TextField
        label={t("password")}
        name="password"
        type="password"
        autocomplete="current-password"
        required
        value={password()}
        onInput={(e) => setPassword(e.currentTarget.value)}
      />
      <Note bad text={action.wrong()} />
      <Button type="submit" look="main" size="wide" busy={action.busy()}>
        {t("sign.in")}
      </Button>
    </form>
  );
}
