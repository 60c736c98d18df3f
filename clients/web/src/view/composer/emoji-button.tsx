import { createSignal, type JSX, lazy, Show, Suspense } from "solid-js";
import { t } from "../../i18n";
import { IconButton } from "../ui/button";
import { Popover } from "../ui/popover";

const Picker = lazy(() => import("./emoji-picker"));

export function EmojiButton(props: { onPick: (emoji: string) => void }): JSX.Element {
  let button!: HTMLButtonElement;
  const [open, setOpen] = createSignal(false);
  return (
    <>
      <IconButton
        ref={button}
        icon="smile"
        label={t("emoji")}
        aria-haspopup="dialog"
        aria-expanded={open()}
        onClick={() => setOpen(!open())}
      />
      <Show when={open()}>
        <Popover anchor={button} side="above-end" label={t("emoji")} onClose={() => setOpen(false)}>
          <Suspense>
            <Picker
              onPick={(emoji) => {
                setOpen(false);
                props.onPick(emoji);
              }}
            />
          </Suspense>
        </Popover>
      </Show>
    </>
  );
}
