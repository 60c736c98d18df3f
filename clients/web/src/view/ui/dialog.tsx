import { createUniqueId, type JSX, onCleanup, onMount, Show, Suspense } from "solid-js";
import { t } from "../../i18n";
import { cx } from "../lib/cx";
import { Button, IconButton } from "./button";
import css from "./dialog.module.css";

interface DialogProps {
  title: string;
  onClose: () => void;
  wide?: boolean;
  foot?: JSX.Element;
  children: JSX.Element;
  /** If given, the body is a form and Enter does this. */
  onSubmit?: () => void;
}

/**
 * A modal question over the page. It is open as long as it is mounted. The browser's own
 * dialog keeps the focus inside, makes the rest inert, and gives the focus back.
 */
export function Dialog(props: DialogProps): JSX.Element {
  let el!: HTMLDialogElement;
  const id = createUniqueId();
  onMount(() => {
    el.showModal();
    const first =
      el.querySelector<HTMLElement>("[autofocus], [data-body] :is(input, textarea, select)") ??
      el.querySelector("h2");
    first?.focus();
  });
  onCleanup(() => el.close());
  const submit = (e: SubmitEvent) => {
    e.preventDefault();
    props.onSubmit?.();
  };
  const inside = () => (
    <>
      <div class={css.body} data-body>
        {/* What loads in here must not take the dialog off the page: it would come back as a plain box. */}
        <Suspense fallback={<p role="status">{t("loading")}</p>}>{props.children}</Suspense>
      </div>
      <Show when={props.foot}>
        <div class={css.foot}>{props.foot}</div>
      </Show>
    </>
  );
  return (
    <dialog
      ref={el}
      aria-labelledby={id}
      class={cx(css.dialog, props.wide && css.wide)}
      onCancel={(e) => {
        e.preventDefault();
        props.onClose();
      }}
      onMouseDown={(e) => e.target === el && props.onClose()}
    >
      <header class={css.head}>
        <h2 class={css.title} id={id} tabindex="-1">
          {props.title}
        </h2>
        <IconButton icon="close" label={t("close")} tight onClick={() => props.onClose()} />
      </header>
      <Show when={props.onSubmit} fallback={inside()}>
        <form onSubmit={submit} class={css.form} novalidate>
          {inside()}
        </form>
      </Show>
    </dialog>
  );
}

interface ConfirmProps {
  title: string;
  text: string;
  action: string;
  danger?: boolean;
  busy?: boolean;
  onYes: () => void;
  onClose: () => void;
}

/** Asks before something that cannot be taken back. */
export function Confirm(props: ConfirmProps): JSX.Element {
  return (
    <Dialog
      title={props.title}
      onClose={props.onClose}
      foot={
        <>
          <Button autofocus onClick={() => props.onClose()}>
            {t("cancel")}
          </Button>
          <Button
            look={props.danger ? "danger" : "main"}
            busy={props.busy ?? false}
            onClick={() => props.onYes()}
          >
            {props.action}
          </Button>
        </>
      }
    >
      <p>{props.text}</p>
    </Dialog>
  );
}
