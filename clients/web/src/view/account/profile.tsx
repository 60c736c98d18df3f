import { createSignal, type JSX, Show } from "solid-js";
import { t } from "../../i18n";
import { createAction } from "../lib/action";
import { bytes } from "../lib/bytes";
import { useModel } from "../lib/context";
import { Avatar } from "../ui/avatar";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { TextField } from "../ui/field";
import { Note } from "../ui/note";
import { toast } from "../ui/toasts";
import { emailWrong } from "./rules";
import css from "./settings.module.css";

const MAX_DISPLAY = 64;

export function Profile(): JSX.Element {
  const model = useModel();
  const action = createAction();
  const me = () => model.session.me();
  const [name, setName] = createSignal(me()?.display_name ?? "");
  const [email, setEmail] = createSignal(me()?.email ?? "");
  const nameWrong = () => (bytes(name()) > MAX_DISPLAY ? t("profile.name.long") : undefined);
  const changed = () =>
    name().trim() !== (me()?.display_name ?? "") || email().trim() !== (me()?.email ?? "");
  const submit = async (e: SubmitEvent) => {
    e.preventDefault();
    if (nameWrong() || emailWrong(email().trim())) return;
    const change = {
      ...(name().trim() !== (me()?.display_name ?? "") ? { displayName: name().trim() } : {}),
      ...(email().trim() !== (me()?.email ?? "") ? { email: email().trim() } : {}),
    };
    if (await action.run(() => model.session.updateProfile(change))) toast(t("saved"));
  };
  const mailWrong = () =>
    action.code()?.startsWith("email") ? action.wrong() : emailWrong(email().trim());
  return (
    <>
      <section class={css.group}>
        <div class={css.who}>
          <Avatar id={me()?.id ?? ""} name={name() || me()?.username || "?"} size="large" />
          <div>
            <p dir="auto">{name().trim() || me()?.username}</p>
            <p>@{me()?.username}</p>
          </div>
        </div>
        <form onSubmit={(e) => void submit(e)} novalidate>
          <TextField
            label={t("profile.name")}
            hint={t("profile.name.hint")}
            optional={t("optional")}
            autocomplete="name"
            value={name()}
            wrong={nameWrong()}
            onInput={(e) => setName(e.currentTarget.value)}
          />
          <TextField
            label={t("email")}
            hint={t("profile.email.hint")}
            type="email"
            autocomplete="email"
            value={email()}
            wrong={mailWrong()}
            onInput={(e) => {
              action.clear();
              setEmail(e.currentTarget.value);
            }}
          />
          <Note bad text={action.code()?.startsWith("email") ? undefined : action.wrong()} />
          <Button type="submit" look="main" busy={action.busy()} disabled={!changed()}>
            {t("save")}
          </Button>
        </form>
      </section>
      <DeleteAccount />
    </>
  );
}

function DeleteAccount(): JSX.Element {
  const model = useModel();
  const action = createAction();
  const [open, setOpen] = createSignal(false);
  const [password, setPassword] = createSignal("");
  return (
    <section class={`${css.group} ${css.danger}`}>
      <h2>{t("account.delete")}</h2>
      <p>{t("account.delete.text")}</p>
      <Button look="danger" onClick={() => setOpen(true)}>
        {t("account.delete")}
      </Button>
      <Show when={open()}>
        <Dialog
          title={t("account.delete.title")}
          onClose={() => setOpen(false)}
          onSubmit={() => void action.run(() => model.session.deleteAccount(password()))}
          foot={
            <>
              <Button onClick={() => setOpen(false)}>{t("cancel")}</Button>
              <Button type="submit" look="danger" busy={action.busy()} disabled={!password()}>
                {t("account.delete.do")}
              </Button>
            </>
          }
        >
          <p>{t("account.delete.sure")}</p>
          <TextField
            label={t("password")}
            type="password"
            autocomplete="current-password"
            autofocus
            value={password()}
            wrong={action.wrong()}
            onInput={(e) => setPassword(e.currentTarget.value)}
          />
        </Dialog>
      </Show>
    </section>
  );
}
