import { createSignal, type JSX, Show } from "solid-js";
import { type Key, t } from "../../i18n";
import type { Conversation, Member } from "../../model";
import { attempt } from "../lib/action";
import { useModel } from "../lib/context";
import { cx } from "../lib/cx";
import { PersonCard } from "../people/card";
import { Avatar } from "../ui/avatar";
import { Confirm } from "../ui/dialog";
import { Icon } from "../ui/icons";
import list from "../ui/list.module.css";
import { MenuButton, type MenuItem } from "../ui/menu";
import { rights } from "./rights";
import css from "./rooms.module.css";

const HOUR = 3_600_000;

interface Question {
  title: Key;
  text: Key;
  action: Key;
  run: () => Promise<void>;
  done: Key;
}

export function MemberRow(props: { member: Member; room: Conversation }): JSX.Element {
  const model = useModel();
  const [card, setCard] = createSignal<HTMLElement>();
  const [question, setQuestion] = createSignal<Question>();
  const m = () => props.member;
  const name = () => model.users.name(m().user_id) || m().username;
  const self = () => m().user_id === model.session.me()?.id;
  const online = () => model.users.online(m().user_id);
  const muted = () => Date.parse(m().muted_until ?? "") > Date.now();
  const items = (): MenuItem[] => {
    const may = rights(props.room.role(), m().role, self());
    const room = props.room.id;
    const user = m().user_id;
    const { rooms } = model;
    const out: MenuItem[] = [];
    if (may.has("promote"))
      out.push({
        label: t("member.promote"),
        icon: "shield",
        run: () => attempt(rooms.setRole(room, user, "moderator")),
      });
    if (may.has("own"))
      out.push({
        label: t("member.own"),
        icon: "crown",
        run: () => attempt(rooms.setRole(room, user, "owner")),
      });
    if (may.has("demote")) {
      const to = m().role === "owner" ? "moderator" : "member";
      out.push({
        label: t(to === "member" ? "member.demote" : "member.unown"),
        icon: "down",
        run: () => attempt(rooms.setRole(room, user, to)),
      });
    }
    if (may.has("transfer")) {
      const ask: Question = {
        title: "transfer.title",
        text: "transfer.text",
        action: "transfer.do",
        done: "transfer.done",
        run: () => rooms.transfer(room, user),
      };
      out.push({ label: t("member.transfer"), icon: "crown", run: () => setQuestion(ask) });
    }
    if (may.has("mute")) {
      if (muted())
        out.push({
          label: t("member.unmute"),
          icon: "bell",
          rule: out.length > 0,
          run: () => attempt(rooms.unmute(room, user)),
        });
      else {
        const until = () => Date.now() + HOUR;
        out.push({
          label: t("member.mute.hour"),
          icon: "clock",
          rule: out.length > 0,
          run: () => attempt(rooms.mute(room, user, until())),
        });
        out.push({
          label: t("member.mute"),
          icon: "mute",
          run: () => attempt(rooms.mute(room, user)),
        });
      }
    }
    if (may.has("kick")) {
      const ask: Question = {
        title: "kick.title",
        text: "kick.text",
        action: "member.kick",
        done: "kick.done",
        run: () => rooms.kick(room, user),
      };
      out.push({
        label: t("member.kick"),
        icon: "leave",
        danger: true,
        rule: true,
        run: () => setQuestion(ask),
      });
    }
    if (may.has("ban")) {
      const ask: Question = {
        title: "ban.title",
        text: "ban.text",
        action: "member.ban",
        done: "ban.done",
        run: () => rooms.ban(room, user),
      };
      out.push({
        label: t("member.ban"),
        icon: "close",
        danger: true,
        run: () => setQuestion(ask),
      });
    }
    return out;
  };
  return (
    <div class={cx(list.row, css.member)}>
      <Avatar id={m().user_id} name={name()} here={online()} />
      <button
        type="button"
        class={cx(list.main, !online() && css.away)}
        onClick={(e) => setCard(e.currentTarget)}
      >
        <span dir="auto">{name()}</span> <Show when={self()}>{t("members.you")}</Show>
        <span class="away">{online() ? t("online") : t("offline")}</span>
      </button>
      <Show when={muted()}>
        <span data-tip={t("member.muted")}>
          <Icon name="mute" size={16} />
          <span class="away">{t("member.muted")}</span>
        </span>
      </Show>
      <Show when={items().length > 0}>
        <MenuButton icon="more" label={t("member.actions", { name: name() })} tight items={items} />
      </Show>
      <Show when={card()}>
        {(at) => <PersonCard user={m().user_id} anchor={at()} onClose={() => setCard(undefined)} />}
      </Show>
      <Show when={question()}>
        {(q) => (
          <Confirm
            title={t(q().title, { name: name(), room: props.room.name() })}
            text={t(q().text, { name: name(), room: props.room.name() })}
            action={t(q().action)}
            danger
            onClose={() => setQuestion(undefined)}
            onYes={() => {
              const { run, done } = q();
              setQuestion(undefined);
              attempt(run(), t(done, { name: name() }));
            }}
          />
        )}
      </Show>
    </div>
  );
}
