import { createEffect, createSignal, For, type JSX, on, Show } from "solid-js";
import { t } from "../../i18n";
import { cx } from "../lib/cx";
import { IconButton } from "../ui/button";
import { toast } from "../ui/toasts";
import css from "./code.module.css";
import { languageOf } from "./languages";

type Paint = typeof import("./paint").paint;

const [paint, setPaint] = createSignal<Paint>();
let asked = false;

/** Loads the colours, once. Without them code is as good, only plainer. */
function ask(): void {
  if (asked) return;
  asked = true;
  import("./paint").then(
    (part) => setPaint(() => part.paint),
    () => {},
  );
}

export function Code(props: { text: string; lang: string | undefined }): JSX.Element {
  const copy = () => navigator.clipboard?.writeText(props.text).then(() => toast(t("copied")));
  const language = () => languageOf(props.lang);
  createEffect(on(language, (known) => known && ask()));
  const pieces = () => {
    const known = language();
    return known && paint()?.(props.text, known);
  };
  return (
    <figure class={css.block}>
      <figcaption class={css.caption}>
        <span>{props.lang?.split(/\s/)[0] || t("markdown.code")}</span>
        <IconButton icon="copy" label={t("markdown.copy")} tight onClick={() => void copy()} />
      </figcaption>
      {/* A code block may be wider than the page: the keyboard must be able to scroll it. */}
      <pre class={css.pre} dir="ltr" tabindex="0">
        <code>
          <Show when={pieces()} fallback={props.text}>
            {(all) => (
              <For each={all()}>
                {(piece) =>
                  piece.colour ? (
                    <span class={cx(css[piece.colour])}>{piece.text}</span>
                  ) : (
                    piece.text
                  )
                }
              </For>
            )}
          </Show>
        </code>
      </pre>
    </figure>
  );
}
