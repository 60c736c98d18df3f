// A model without a server, to look at every screen: `npm run dev:mock`, and ?scene=… in the
// address. It is in no build for people.
import { createSignal } from "solid-js";
import type {
  Connection,
  Conversation,
  Invitation,
  Message,
  Model,
  Notice,
  SearchHit,
  SessionState,
  User,
} from "../model";
import { conversation, dms, hall, type MockConversation, others } from "./conversations";
import { ME, ONLINE, USERS, uuid } from "./people";
import { mockRooms } from "./rooms";
import { message } from "./talk";
import { timeline } from "./timeline";
import { fail, later, refuse } from "./waits";

export function createMock(): Model {
  const scene = new URLSearchParams(location.search).get("scene") ?? "";
  const empty = scene === "empty";
  const start: SessionState =
    scene === "out"
      ? { kind: "out" }
      : scene === "expired"
        ? { kind: "out", why: "expired" }
        : { kind: "in", user: ME };
  const [session, setSession] = createSignal<SessionState>(
    scene === "starting" ? { kind: "starting" } : start,
  );
  const link: Record<string, Connection> = {
    offline: { kind: "offline" },
    waiting: { kind: "waiting", retryAt: Date.now() + 14_000, code: "going_away" },
    connecting: { kind: "connecting", attempt: 2 },
    outdated: { kind: "outdated" },
  };
  const [rooms, setRooms] = createSignal<readonly MockConversation[]>(
    empty || scene === "loading" ? [] : [hall(), ...others()],
  );
  const [talks, setTalks] = createSignal<readonly MockConversation[]>(
    empty || scene === "loading" ? [] : dms(),
  );
  const [notices, setNotices] = createSignal<readonly Notice[]>(
    scene === "notices"
      ? [
          {
            id: "n1",
            severity: "warning",
            text: "The server stops for maintenance at 18:00.",
            at: Date.now(),
          },
        ]
      : [],
  );
  const invitation = (n: number): Invitation => ({
    id: uuid(300 + n),
    room_id: uuid(310 + n),
    room_name: n === 1 ? "book club" : "board games",
    inviter_id: uuid(101 + n),
    inviter_name: "jonas",
    invitee_id: ME.id,
    invitee_name: "mira",
    status: "pending",
    created_at: new Date(Date.now() - n * 86_000_000).toISOString(),
    expires_at: new Date(Date.now() + 5 * 86_400_000).toISOString(),
  });
  const [pending, setPending] = createSignal<readonly Invitation[]>(
    empty ? [] : [invitation(1), invitation(2)],
  );
  const [blocked, setBlocked] = createSignal<readonly string[]>([uuid(110)]);
  const all = () => [...rooms(), ...talks()];
  const find = (id: string) => all().find((c) => c.id === id);
  const user = (id: string) => USERS.find((u) => u.id === id);
  const patch = (id: string, key: string, change: Partial<Message>) =>
    find(id)?.setMessages((list) => list.map((m) => (m.key === key ? { ...m, ...change } : m)));
  const drop = (key: string) => {
    for (const c of all()) c.setMessages((list) => list.filter((m) => m.key !== key));
  };
  const send = (id: string, content: string) => {
    const c = find(id);
    if (!c) return;
    const made: Message = {
      ...message(id, ME.id, Date.now(), content, c.messages().length + 1),
      state: { kind: "sending" },
    };
    c.setMessages((list) => [...list, made]);
    if (scene === "offline") return patch(id, made.key, { state: { kind: "queued" } });
    const refused = content.includes("fail");
    setTimeout(
      () =>
        patch(id, made.key, {
          state: refused
            ? { kind: "failed", error: fail("permission_denied") }
            : { kind: "stored" },
        }),
      300,
    );
  };
  if (scene === "busy") {
    const first = rooms()[0];
    let n = 0;
    setInterval(
      () =>
        first?.setMessages((l) => [
          ...l,
          message(
            first.id,
            uuid(100 + (++n % 12)),
            Date.now(),
            `Message ${n} of a busy hour`,
            l.length + 1,
          ),
        ]),
      5,
    );
  }
  if (scene === "typing") for (const c of rooms().slice(0, 1)) c.setTyping([uuid(101), uuid(104)]);
  const dm = (peer: string): Conversation => {
    const known = talks().find((c) => c.peer === peer);
    if (known) return known;
    const made = conversation({
      id: uuid(500 + talks().length),
      name: user(peer)?.username ?? "",
      peer,
      presence: "unbegun",
      lines: [],
    });
    const open = { ...made, maySend: () => true };
    queueMicrotask(() => setTalks((l) => (l.some((c) => c.peer === peer) ? l : [...l, open])));
    return open;
  };
  const done = () => later();
  return {
    session: {
      state: session,
      me: () => (session().kind === "in" ? ME : undefined),
      expiring: () => (scene === "expiring" ? Date.now() + 500_000 : undefined),
      register: () => refuse("username_taken"),
      login: async (_, password) => {
        if (password !== "right") await refuse("invalid_credentials");
        setSession({ kind: "in", user: ME });
      },
      logout: async () => void setSession({ kind: "out", why: "logout" }),
      refresh: done,
      changePassword: () => refuse("incorrect_password"),
      resetPassword: done,
      updateProfile: done,
      deleteAccount: () => refuse("incorrect_password"),
    },
    logins: {
      list: () =>
        [1, 2].map((n) => ({
          id: uuid(600 + n),
          created_at: new Date(Date.now() - n * 9e7).toISOString(),
          expires_at: "",
          user_agent: n === 1 ? navigator.userAgent : "lair-tui/1.0",
          address: `192.0.2.${n}`,
          current: n === 1,
        })),
      status: () => "ready",
      load: done,
      revoke: done,
      revokeOthers: done,
    },
    connection: () => link[scene] ?? { kind: "live" },
    conversations: {
      rooms,
      dms: talks,
      ready: () => scene !== "loading",
      get: find,
      dm,
      badge: () => all().reduce((n, c) => n + c.mentions(), 0),
      search(query, limit = 20): readonly SearchHit[] {
        const q = query.toLowerCase();
        const found = all().filter((c) => c.name().toLowerCase().includes(q));
        const people = USERS.filter(
          (u: User) => q && u.username.includes(q) && !talks().some((c) => c.peer === u.id),
        );
        return [
          ...found.map((c) => ({ kind: "conversation" as const, conversation: c })),
          ...people.map((u) => ({ kind: "user" as const, user: u })),
        ].slice(0, limit);
      },
      setDraft: (id, text) => void find(id)?.setDraft(text),
      setNotify: (id, notify) => void find(id)?.setNotify(notify),
      sayTyping() {},
      markRead: (id) => void find(id)?.setUnread(0),
    },
    messages: {
      open: (id) =>
        timeline(
          id,
          find(id) ?? { messages: () => [], readSeq: 0 },
          scene === "slow",
          scene === "broken",
        ),
      send,
      retry: (key) => {
        for (const c of all()) patch(c.id, key, { state: { kind: "stored" } });
      },
      drop,
      edit: async (m, content) => {
        await later();
        patch(m.conversation, m.key, { content, edited: true });
      },
      remove: async (m) => drop(m.key),
      lastOwn: (id) =>
        find(id)
          ?.messages()
          .findLast((m) => m.own && m.state.kind === "stored"),
    },
    users: {
      get: user,
      name: (id) => user(id)?.display_name || user(id)?.username || "",
      online: (id) => ONLINE.has(id),
      search: async (q) => {
        await later(200);
        const items = USERS.filter((u) => u.username.includes(q.toLowerCase())).map((u) => ({
          user: u,
          online: ONLINE.has(u.id),
        }));
        return { items, hasMore: false, total: items.length };
      },
    },
    blocks: {
      list: blocked,
      has: (id) => blocked().includes(id),
      load: done,
      add: async (id) => void setBlocked((l) => [...l, id]),
      remove: async (id) => void setBlocked((l) => l.filter((x) => x !== id)),
    },
    rooms: mockRooms(rooms, setRooms, empty),
    invitations: {
      pending,
      accept: async (id) => {
        await later();
        setPending((l) => l.filter((x) => x.id !== id));
        return rooms()[0] as Conversation;
      },
      decline: async (id) => void setPending((l) => l.filter((x) => x.id !== id)),
    },
    notices: {
      list: notices,
      dismiss: (id) => void setNotices((l) => l.filter((x) => x.id !== id)),
    },
    onAlert: () => () => {},
    reconnect() {},
    start() {},
    stop() {},
  };
}
