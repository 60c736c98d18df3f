import { createSignal, type JSX, Match, Switch } from "solid-js";
import { t } from "../../i18n";
import { useModel } from "../lib/context";
import { go, route } from "../lib/route";
import { Button } from "../ui/button";
import { Mark } from "../ui/icons";
import { Note } from "../ui/note";
import { Tabs } from "../ui/tabs";
import css from "./gate.module.css";
import { ResetForm } from "./reset";
import { SignIn } from "./sign-in";
import { SignUp } from "./sign-up";
import { Wall } from "./wall";

/** The page of who is not logged in. */
export default function Gate(): JSX.Element {
  const model = useModel();
  const [tab, setTab] = createSignal<"in" | "up">("in");
  const why = () => {
    const state = model.session.state();
    return state.kind === "out" && state.why ? t(`out.${state.why}`) : undefined;
  };
  return (
    <div class={css.gate}>
      <div class={css.art} aria-hidden="true">
        <Wall class={css.wall} />
        <div class={css.words}>
          <p>{t("gate.words")}</p>
          <p>{t("gate.more")}</p>
        </div>
      </div>
      <main class={css.side}>
        <div class={css.form}>
          <div class={css.brand}>
            <Mark size={36} />
            <h1>{route().at === "reset" ? t("reset.title") : "Lair"}</h1>
          </div>
          <Switch
            fallback={
              <>
                <Note text={why()} />
                <Tabs
                  label={t("gate.tabs")}
                  panel="gate"
                  at={tab()}
                  onPick={setTab}
                  tabs={[
                    { id: "in", label: t("sign.in") },
                    { id: "up", label: t("sign.up") },
                  ]}
                />
                <div id="gate" role="tabpanel" aria-labelledby={`gate-${tab()}`}>
                  <Switch>
                    <Match when={tab() === "in"}>
                      <SignIn />
                    </Match>
                    <Match when={tab() === "up"}>
                      <SignUp />
                    </Match>
                  </Switch>
                </div>
                <p class={css.under}>
                  {t("reset.question")}{" "}
                  <Button look="bare" size="small" onClick={() => go({ at: "reset" })}>
                    {t("reset.link")}
                  </Button>
                </p>
              </>
            }
          >
            <Match when={route().at === "reset"}>
              <ResetForm />
            </Match>
          </Switch>
        </div>
      </main>
    </div>
  );
}
