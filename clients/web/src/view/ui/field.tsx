import { createUniqueId, type JSX, Show, splitProps } from "solid-js";
import { focusOnMount } from "../lib/focus";
import css from "./field.module.css";
import { Icon } from "./icons";

interface Around {
  label: string;
  hint?: string | undefined;
  /** What is wrong with the value, in words; it is read out when it appears. */
  wrong?: string | undefined;
  optional?: string;
}

interface FieldProps extends JSX.InputHTMLAttributes<HTMLInputElement>, Around {}

function Frame(props: Around & { id: string; children: JSX.Element }): JSX.Element {
  return (
    <div class={css.field}>
      <label class={css.label} for={props.id}>
        {props.label}{" "}
        <Show when={props.optional}>{(text) => <span class={css.optional}>{text()}</span>}</Show>
      </label>
      {props.children}
      <Show when={props.hint && !props.wrong}>
        <p class={css.hint} id={`${props.id}-hint`}>
          {props.hint}
        </p>
      </Show>
      <p class={css.wrong} id={`${props.id}-wrong`} aria-live="polite" hidden={!props.wrong}>
        <Icon name="warn" size={16} /> <span>{props.wrong}</span>
      </p>
    </div>
  );
}

const described = (id: string, p: Around): string | undefined =>
  p.wrong ? `${id}-wrong` : p.hint ? `${id}-hint` : undefined;

export function TextField(props: FieldProps): JSX.Element {
  let el!: HTMLInputElement;
  focusOnMount(
    () => el,
    () => props.autofocus,
  );
  const [own, rest] = splitProps(props, ["label", "hint", "wrong", "optional"]);
  const id = createUniqueId();
  return (
    <Frame id={id} {...own}>
      <input
        {...rest}
        ref={el}
        id={id}
        class={css.input}
        aria-invalid={own.wrong ? "true" : undefined}
        aria-describedby={described(id, own)}
      />
    </Frame>
  );
}

interface AreaProps extends JSX.TextareaHTMLAttributes<HTMLTextAreaElement>, Around {}

export function TextArea(props: AreaProps): JSX.Element {
  const [own, rest] = splitProps(props, ["label", "hint", "wrong", "optional"]);
  const id = createUniqueId();
  return (
    <Frame id={id} {...own}>
      <textarea
        {...rest}
        id={id}
        class={css.input}
        aria-invalid={own.wrong ? "true" : undefined}
        aria-describedby={described(id, own)}
      />
    </Frame>
  );
}

interface CheckProps extends JSX.InputHTMLAttributes<HTMLInputElement> {
  label: string;
  hint?: string;
}

export function Check(props: CheckProps): JSX.Element {
  const [own, rest] = splitProps(props, ["label", "hint"]);
  return (
    <label class={css.check}>
      <input type="checkbox" {...rest} />
      <span>{own.label}</span>
      <Show when={own.hint}>
        <span class={css.hint}>{own.hint}</span>
      </Show>
    </label>
  );
}

interface SearchProps extends JSX.InputHTMLAttributes<HTMLInputElement> {
  label: string;
}

export function SearchField(props: SearchProps): JSX.Element {
  let el!: HTMLInputElement;
  focusOnMount(
    () => el,
    () => props.autofocus,
  );
  const [own, rest] = splitProps(props, ["label"]);
  return (
    <div class={css.search}>
      <Icon name="search" size={18} />
      <input
        ref={el}
        type="search"
        autocomplete="off"
        placeholder={own.label}
        {...rest}
        aria-label={own.label}
        class={css.input}
      />
    </div>
  );
}
