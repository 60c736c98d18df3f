import { type Accessor, createSignal, type Setter } from "solid-js";
import type { Conversation, Message, Notify, Presence, Room, RoomRole } from "../model";
import { USERS, uuid } from "./people";
import { message, talk } from "./talk";

export interface MockConversation extends Conversation {
  readonly messages: Accessor<readonly Message[]>;
  readonly setMessages: Setter<readonly Message[]>;
  readonly setDraft: Setter<string>;
  readonly setNotify: Setter<Notify>;
  readonly setTyping: Setter<readonly string[]>;
  readonly setUnread: Setter<number>;
  readonly readSeq: number;
}

interface Spec {
  id: string;
  name: string;
  peer?: string;
  topic?: string;
  private?: boolean;
  role?: RoomRole;
  unread?: number;
  mentions?: number;
  draft?: string;
  notify?: Notify;
  presence?: Presence;
  moderated?: boolean;
  older?: number;
  lines?: readonly string[];
}

export function conversation(s: Spec): MockConversation {
  const [messages, setMessages] = createSignal<readonly Message[]>(
    s.lines
      ? s.lines.map((text, i) =>
          message(
            s.id,
            i % 2 ? uuid(100) : (s.peer ?? uuid(103)),
            Date.now() - (s.lines?.length ?? 0) * 60_000 + i * 30_000,
            text,
            i + 1,
          ),
        )
      : talk(s.id, s.older ?? 0),
  );
  const [draft, setDraft] = createSignal(s.draft ?? "");
  const [notify, setNotify] = createSignal<Notify>(s.notify ?? "mentions");
  const [typing, setTyping] = createSignal<readonly string[]>([]);
  const [unread, setUnread] = createSignal(s.unread ?? 0);
  const room: Room = {
    id: s.id,
    name: s.name,
    owner: uuid(s.role === "owner" ? 100 : 103),
    settings: {
      description: s.topic ?? "",
      is_private: s.private ?? false,
      max_members: 50,
      moderated: s.moderated ?? false,
    },
    created_at: "2026-03-02T09:00:00Z",
  };
  const may = () =>
    (s.presence ?? "active") === "active" && (!s.moderated || (s.role ?? "member") !== "member");
  return {
    id: s.id,
    kind: s.peer ? "dm" : "room",
    peer: s.peer,
    name: () => (s.peer ? USERS.find((u) => u.id === s.peer)?.display_name || s.name : s.name),
    topic: () => s.topic ?? "",
    room: () => (s.peer ? undefined : room),
    presence: () => s.presence ?? "active",
    unread,
    mentions: () => (unread() ? (s.mentions ?? 0) : 0),
    lastActivity: () => messages().at(-1)?.createdAt ?? 0,
    lastMessage: () => messages().at(-1),
    notify,
    draft,
    typing,
    unsent: () => messages().filter((m) => m.state.kind !== "stored").length,
    role: () => (s.peer ? undefined : (s.role ?? "member")),
    mutedUntil: () => undefined,
    maySend: may,
    messages,
    setMessages,
    setDraft,
    setNotify,
    setTyping,
    setUnread,
    readSeq: s.unread ? messages().length - s.unread : 0,
  };
}

export const hall = (): MockConversation =>
  conversation({
    id: uuid(1),
    name: "release",
    topic: "Getting 1.0 out of the door. Calm beats fast.",
    role: "owner",
    unread: 3,
    mentions: 1,
    older: 400,
  });

export const others = (): MockConversation[] => [
  conversation({
    id: uuid(2),
    name: "general",
    topic: "Everything that has no room of its own",
    unread: 12,
    lines: ["Coffee machine is back.", "Finally."],
  }),
  conversation({
    id: uuid(3),
    name: "design",
    draft: "What about the",
    role: "moderator",
    lines: ["New arches are in."],
  }),
  conversation({ id: uuid(4), name: "leads", private: true, lines: ["Budget on Thursday."] }),
  conversation({
    id: uuid(5),
    name: "announcements",
    moderated: true,
    notify: "none",
    unread: 4,
    lines: ["Office closed on Friday."],
  }),
  conversation({ id: uuid(6), name: "old project", presence: "kicked", lines: ["bye"] }),
  conversation({ id: uuid(7), name: "a room with quite a long name that does not fit", lines: [] }),
];

export const dms = (): MockConversation[] => [
  conversation({
    id: uuid(20),
    name: "jonas",
    peer: uuid(101),
    unread: 2,
    mentions: 2,
    lines: ["Hi, do you have a minute?", "Sure.", "It is about the migration."],
  }),
  conversation({ id: uuid(21), name: "leyla", peer: uuid(107), lines: ["شكرا جزيلا"] }),
  conversation({ id: uuid(22), name: "tom", peer: uuid(106), lines: ["ok"] }),
];
