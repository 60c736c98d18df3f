import type { Token, Tokens } from "marked";
import { For, type JSX, Match, Show, Switch } from "solid-js";
import { t } from "../../i18n";
import { cx } from "../lib/cx";
import { Code } from "./code";
import css from "./markdown.module.css";
import { mentions, onlyEmoji, safeHref, tokens } from "./tokens";

const DEEPEST = 10;

/** Whether a mentioned name is one's own. */
export type IsMe = (name: string) => boolean;

interface PartProps {
  tokens: readonly Token[];
  depth: number;
  isMe: IsMe;
}

/**
 * What somebody wrote. Tokens become elements and text nodes one by one: there is no HTML
 * string on the way, so there is nothing that could be let through by mistake.
 */
export function Markdown(props: { text: string; isMe: IsMe }): JSX.Element {
  return (
    <div dir="auto" class={cx(css.text, onlyEmoji(props.text) && css.large)}>
      <Parts tokens={tokens(props.text)} depth={0} isMe={props.isMe} />
    </div>
  );
}

function Parts(props: PartProps): JSX.Element {
  return (
    <Show when={props.depth < DEEPEST} fallback={props.tokens.map((x) => x.raw).join("")}>
      <For each={props.tokens}>
        {(token) => <Part token={token} depth={props.depth + 1} isMe={props.isMe} />}
      </For>
    </Show>
  );
}

function Part(props: { token: Token; depth: number; isMe: IsMe }): JSX.Element {
  const { token, depth, isMe } = props;
  const inner = () => (
    <Parts tokens={("tokens" in token && token.tokens) || []} depth={depth} isMe={isMe} />
  );
  switch (token.type) {
    case "space":
      return null;
    case "paragraph":
      return <p>{inner()}</p>;
    case "heading":
      return <p class={css.heading}>{inner()}</p>;
    case "text":
      return "tokens" in token && token.tokens ? inner() : <Text text={token.text} isMe={isMe} />;
    case "escape":
      return token.text;
    case "strong":
      return <strong>{inner()}</strong>;
    case "em":
      return <em>{inner()}</em>;
    case "del":
      return <del>{inner()}</del>;
    case "br":
      return <br />;
    case "hr":
      return <hr class={css.rule} />;
    case "codespan":
      return <code class={css.code}>{token.text}</code>;
    case "code":
      return <Code text={token.text} lang={(token as Tokens.Code).lang} />;
    case "blockquote":
      return <blockquote class={css.quote}>{inner()}</blockquote>;
    case "link":
      return <Link href={token.href} raw={token.raw} label={inner} />;
    case "image":
      return <Link href={token.href} raw={token.raw} label={() => token.text || token.href} />;
    case "list":
      return <List list={token as Tokens.List} depth={depth} isMe={isMe} />;
    case "table":
      return <Table table={token as Tokens.Table} depth={depth} isMe={isMe} />;
    default:
      // HTML, definitions and whatever comes: as it was typed.
      return <span class={css.raw}>{token.raw.trimEnd()}</span>;
  }
}

function Text(props: { text: string; isMe: IsMe }): JSX.Element {
  return (
    <For each={mentions(props.text)}>
      {(piece) =>
        typeof piece === "string" ? (
          piece
        ) : (
          <span class={cx(css.mention, props.isMe(piece.name) && css.me)}>@{piece.name}</span>
        )
      }
    </For>
  );
}

function Link(props: { href: string; raw: string; label: () => JSX.Element }): JSX.Element {
  return (
    <Show when={safeHref(props.href)} fallback={props.raw}>
      {(to) => {
        const own = () => to().startsWith(`${location.origin}/`);
        return (
          <a
            href={to()}
            title={to()}
            target={own() ? undefined : "_blank"}
            rel="noopener noreferrer nofollow"
          >
            {props.label()}
          </a>
        );
      }}
    </Show>
  );
}

function List(props: { list: Tokens.List; depth: number; isMe: IsMe }): JSX.Element {
  const items = () => (
    <For each={props.list.items}>
      {(item) => (
        <li>
          <Show when={item.task}>
            <input
              type="checkbox"
              checked={item.checked ?? false}
              disabled
              aria-label={t("markdown.task")}
            />{" "}
          </Show>
          <Parts
            tokens={item.tokens.filter((x) => x.type !== "checkbox")}
            depth={props.depth}
            isMe={props.isMe}
          />
        </li>
      )}
    </For>
  );
  return (
    <Switch>
      <Match when={props.list.ordered}>
        <ol class={css.ordered} start={Number(props.list.start) || 1}>
          {items()}
        </ol>
      </Match>
      <Match when={!props.list.ordered}>
        <ul class={css.list}>{items()}</ul>
      </Match>
    </Switch>
  );
}

function Table(props: { table: Tokens.Table; depth: number; isMe: IsMe }): JSX.Element {
  const cells = (row: Tokens.TableCell[], head: boolean) => (
    <For each={row}>
      {(cell) => {
        const inside = <Parts tokens={cell.tokens} depth={props.depth} isMe={props.isMe} />;
        return head ? <th scope="col">{inside}</th> : <td>{inside}</td>;
      }}
    </For>
  );
  return (
    <section class={css.scroll} tabindex="0" aria-label={t("markdown.table")}>
      <table class={css.table}>
        <thead>
          <tr>{cells(props.table.header, true)}</tr>
        </thead>
        <tbody>
          <For each={props.table.rows}>{(row) => <tr>{cells(row, false)}</tr>}</For>
        </tbody>
      </table>
    </section>
  );
}
