import { createSignal, type JSX } from "solid-js";
import { t } from "../../i18n";
import { createAction } from "../lib/action";
import { useModel } from "../lib/context";
import { go } from "../lib/route";
import { Button } from "../ui/button";
import { TextField } from "../ui/field";
import { Note } from "../ui/note";
import { toast } from "../ui/toasts";
import css from "./gate.module.css";
import { passwordWrong } from "./rules";

/** Chooses a new password with the code of an administrator. */
export function ResetForm(): JSX.Element {
  const model = useModel();
  const action = createAction();
  const [tried, setTried] = createSignal(false);
  const [token, setToken] = createSignal("");
  const [password, setPassword] = createSignal("");
  const submit = async (e: SubmitEvent) => {
    e.preventDefault();
    setTried(true);
    if (!token().trim() || passwordWrong(password())) return;
    if (!(await action.run(() => model.session.resetPassword(token().trim(), password())))) return;
    toast(t("reset.done"));
    go({ at: "home" });
  };
  return (
    <form class={css.fields} onSubmit={(e) => void submit(e)} novalidate>
      <TextField
        label={t("reset.code")}
        hint={t("reset.hint")}
        autocomplete="one-time-code"
        autocapitalize="characters"
        spellcheck={false}
        autofocus
        required
        value={token()}
        wrong={
          tried() && !token().trim()
            ? t("reset.code.missing")
            : action.code() === "reset_token_invalid"
              ? action.wrong()
              : undefined
        }
        onInput={(e) => setToken(e.currentTarget.value)}
      />
      <TextField
        label={t("password.new")}
        hint={t("password.hint")}
        type="password"
        autocomplete="new-password"
        required
        value={password()}
        wrong={tried() ? passwordWrong(password()) : undefined}
        onInput={(e) => setPassword(e.currentTarget.value)}
      />
      <Note bad text={action.code() === "reset_token_invalid" ? undefined : action.wrong()} />
      <Button type="submit" look="main" size="wide" busy={action.busy()}>
        {t("reset.do")}
      </Button>
      <Button look="bare" onClick={() => go({ at: "home" })}>
        {t("reset.back")}
      </Button>
    </form>
  );
}
