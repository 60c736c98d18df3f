import { For, type JSX } from "solid-js";
import { LANGUAGES, t } from "../../i18n";
import { setSpeech, setTheme, speech, theme } from "../lib/prefs";
import css from "./settings.module.css";

const THEMES = ["system", "light", "dark"] as const;

export function Appearance(): JSX.Element {
  return (
    <>
      <fieldset class={css.group}>
        <h2>
          <legend>{t("theme")}</legend>
        </h2>
        <div class={css.choices}>
          <For each={THEMES}>
            {(choice) => (
              <label class={css.choice}>
                <input
                  type="radio"
                  name="theme"
                  checked={theme() === choice}
                  onChange={() => setTheme(choice)}
                />
                {t(`theme.${choice}`)}
              </label>
            )}
          </For>
        </div>
      </fieldset>
      <section class={css.group}>
        <h2>
          <label for="language">{t("language")}</label>
        </h2>
        <div>
          <select
            id="language"
            class={css.select}
            value={speech()}
            onChange={(e) => {
              const wanted = LANGUAGES.find((x) => x.id === e.currentTarget.value);
              setSpeech(wanted?.id ?? "auto");
            }}
          >
            <option value="auto">{t("language.auto")}</option>
            <For each={LANGUAGES}>
              {(x) => (
                <option value={x.id} lang={x.id}>
                  {x.name}
                </option>
              )}
            </For>
          </select>
        </div>
      </section>
    </>
  );
}
