import { createSignal, type JSX } from "solid-js";
import { createStore } from "solid-js/store";
import { t } from "../../i18n";
import { createAction } from "../lib/action";
import { useModel } from "../lib/context";
import { Button } from "../ui/button";
import { TextField } from "../ui/field";
import { Note } from "../ui/note";
import css from "./gate.module.css";
import { emailWrong, passwordWrong, usernameWrong } from "./rules";

const FIELDS: Record<string, "name" | "email" | "password"> = {
  username_invalid: "name",
  username_taken: "name",
  email_invalid: "email",
  email_taken: "email",
  password_too_weak: "password",
};

export function SignUp(): JSX.Element {
  const model = useModel();
  const action = createAction();
  const [tried, setTried] = createSignal(false);
  const [form, set] = createStore({ name: "", email: "", password: "" });
  const field = () => FIELDS[action.code() ?? ""];
  const wrong = (
    name: "name" | "email" | "password",
    rule: (text: string) => string | undefined,
  ) => (field() === name ? action.wrong() : tried() ? rule(form[name]) : undefined);
  const submit = async (e: SubmitEvent) => {
    e.preventDefault();
    setTried(true);
    if (usernameWrong(form.name) || emailWrong(form.email) || passwordWrong(form.password)) return;
    await action.run(() => model.session.register(form.name, form.email, form.password));
  };
  const change =
    (name: "name" | "email" | "password") =>
    (e: InputEvent & { currentTarget: HTMLInputElement }) => {
      if (field() === name) action.clear();
      set(name, e.currentTarget.value);
    };
  return (
    <form class={css.fields} onSubmit={(e) => void submit(e)} novalidate>
      <TextField
        label={t("username")}
        hint={t("username.hint")}
        name="username"
        autocomplete="username"
        autocapitalize="none"
        spellcheck={false}
        autofocus
        required
        value={form.name}
        wrong={wrong("name", usernameWrong)}
        onInput={change("name")}
      />
      <TextField
        label={t("email")}
        name="email"
        type="email"
        autocomplete="email"
        required
        value={form.email}
        wrong={wrong("email", emailWrong)}
        onInput={change("email")}
      />
      <TextField
        label={t("password")}
        hint={t("password.hint")}
        name="password"
        type="password"
        autocomplete="new-password"
        required
        value={form.password}
        wrong={wrong("password", passwordWrong)}
        onInput={change("password")}
      />
      <Note bad text={field() ? undefined : action.wrong()} />
      <Button type="submit" look="main" size="wide" busy={action.busy()}>
        {t("sign.up")}
      </Button>
    </form>
  );
}
