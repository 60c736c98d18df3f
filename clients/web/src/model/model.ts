import { createRoot, createSignal, untrack } from "solid-js";
import { type Clock, wallClock } from "../link/clock";
import { browserSocket, type Socket } from "../link/connection";
import { browserEnvironment, type Environment } from "../link/environment";
import { ApiError } from "../link/error";
import { type Fetch, Http } from "../link/http";
import { Link, type LinkState } from "../link/link";
import type { LoginSession, User } from "../wire/objects";
import { Changes } from "./changes";
import type { Conv } from "./conversation";
import { Counting } from "./counting";
import { Events } from "./events";
import { hear } from "./hearing";
import { History } from "./history";
import { type Reader, reader } from "./message";
import { NoticeList } from "./notices";
import { Outbox } from "./outbox";
import { BlockList, InvitationList, LoginList } from "./people";
import { Persist } from "./persist";
import { browserSchedule, Pulse } from "./pulse";
import { Reading } from "./reading";
import { Registry } from "./registry";
import { RoomList } from "./rooms";
import { SessionModel } from "./session";
import { DegradingStore } from "./store/degrading";
import { IndexedStore } from "./store/indexed";
import type { LocalStore } from "./store/store";
import { browserTabs, type Tabs } from "./tabs";
import { OpenTimeline } from "./timeline";
import type { Alert, Connection, Model, Timeline } from "./types";
import { Directory } from "./users";

/** What the model needs from outside; everything has a default for browsers. */
export interface ModelOptions {
  readonly clock?: Clock;
  readonly environment?: Environment;
  readonly fetch?: Fetch;
  readonly socket?: () => Socket;
  readonly store?: LocalStore;
  readonly tabs?: Tabs;
  /** Runs something with the next frame of the screen. */
  readonly schedule?: (run: () => void) => void;
  /** Shown in the list of one's logins. */
  readonly clientName?: string;
}

// What is stored and older than this is not gone on from: reading anew is less than catching up.
const tooOld = 7 * 24 * 3_600_000;

export function createModel(options: ModelOptions = {}): Model {
  return createRoot((dispose) => build(options, dispose));
}

function build(options: ModelOptions, dispose: () => void): Model {
  const clock = options.clock ?? wallClock;
  const environment = options.environment ?? browserEnvironment();
  const tabs = options.tabs ?? browserTabs();
  const pulse = new Pulse(options.schedule ?? browserSchedule);
  const notices = new NoticeList(clock);
  const store = new DegradingStore(options.store ?? new IndexedStore(globalThis.indexedDB), () =>
    notices.add("warning", "nothing can be stored on this device", "storage_failed"),
  );
  const http = new Http({
    fetch: options.fetch ?? ((url, init) => fetch(url, init)),
    clock,
    onLoginGone: (code) => {
      if (session.state().kind !== "in") return;
      void session.gone(code === "session_not_found" ? "revoked" : "expired");
    },
  });
  const persist = new Persist(store, clock);
  const users = new Directory(http, persist);

  let who: Reader = reader("", "");
  const me = () => who.id;
  const alerts = new Set<(alert: Alert) => void>();
  const timelines = new Set<OpenTimeline>();
  const [linkState, setLinkState] = createSignal<LinkState>({ kind: "idle" });
  const [online, setOnline] = createSignal(environment.online());
  const [unreachable, setUnreachable] = createSignal<number>();

  const reading = new Reading({
    clock,
    environment,
    http,
    persist,
    pulse,
    tabs,
    recount: () => counting.ask(),
  });
  const registry = new Registry({
    clock,
    pulse,
    persist,
    users,
    tabs,
    link: () => link,
    me,
    markRead: (conv) => reading.mark(conv),
  });
  const rooms = new RoomList({ clock, http, pulse, persist, users, registry, me });
  const touched = (conv: Conv) => {
    pulse.mark(conv);
    for (const f of conv.followers) f.touched();
  };
  const changes = new Changes(http, clock, (id) => {
    const conv = registry.of(id);
    if (conv) touched(conv);
  });
  const outbox = new Outbox({
    clock,
    persist,
    link: () => link,
    me,
    touched,
    tell: (message) => tabs.post(message),
    tellGone: (key) => tabs.post({ t: "gone", key }),
  });
  const history = new History(http, persist, () => who);
  const counting = new Counting({
    clock,
    http,
    history,
    persist,
    pulse,
    reader: () => who,
    conversations: () => registry.all(),
    live: () => link.live,
    onMe: (user) => session.user(user),
  });
  const invitations = new InvitationList(http, me, (room) => registry.arrive(room));
  const logins = new LoginList(http);
  const blocks = new BlockList(http, (ids) => {
    persist.meta("blocks", ids);
    tabs.post({ t: "blocks", ids });
  });
  const events = new Events({
    clock,
    pulse,
    persist,
    registry,
    rooms,
    users,
    outbox,
    reading,
    counting,
    invitations,
    notices,
    changes,
    link: () => link,
    reader: () => who,
    alert: (alert) => {
      for (const listener of alerts) listener(alert);
    },
    onMe: (user) => session.user(user),
    onExpiring: (at) => session.endsSoon(at),
  });
  const session = new SessionModel({
    clock,
    http,
    store,
    tabs,
    enter,
    leave,
    onUnreachable: setUnreachable,
  });
  const link = new Link({
    open: options.socket ?? browserSocket,
    clock,
    environment,
    clientName: options.clientName ?? "Lair Chat for the web",
    positions: () => events.positions(),
    onAuthenticated: authenticated,
    onResumed: (part) => events.resumed(part),
    onEvent: (frame) => events.apply(frame),
    onState: (state) => {
      setLinkState(state);
      if (state.kind === "live") live();
    },
    onLoginGone: (why) => {
      // The cookie may be good all the same, as after a refresh in another tab.
      session.verify(why === "refused" ? "expired" : why).then((good) => {
        if (good) clock.after(2_000, () => session.state().kind === "in" && link.start());
      });
    },
  });

  async function enter(user: User): Promise<void> {
    await leave();
    who = reader(user.id, user.username);
    const kept = await store.open(user.id);
    users.put(user);
    for (const u of kept.users) users.put(u, false);
    for (const k of kept.conversations) {
      const conv = registry.ensure(k.id, k.kind, k.peer, k.position);
      conv.restore(k, who);
      if (conv.unread() === 0 && conv.presence() === "unbegun") conv.news.settle();
    }
    for (const send of kept.sends) {
      outbox.restore(registry.ensure(send.conversation, send.kind, send.peer, 0), send, false);
    }
    blocks.restore((kept.meta.blocks as string[] | undefined) ?? []);
    events.userSeq = kept.userSeq;
    events.tooOld = clock.now() - Number(kept.meta.seenAt ?? 0) > tooOld;
    if (kept.conversations.length > 0) registry.setReady(true);
    pulse.flush();
    link.start();
  }

  async function leave(): Promise<void> {
    link.stop();
    await persist.flush();
    for (const timeline of [...timelines]) timeline.close();
    registry.clear();
    outbox.clear();
    rooms.clear();
    changes.clear();
    reading.clear();
    counting.clear();
    events.clear();
    users.clear();
    invitations.clear();
    logins.clear();
    blocks.restore([]);
    persist.forget();
    who = reader("", "");
  }

  function authenticated(user: User, login: LoginSession): boolean {
    if (user.id !== me()) {
      // Another tab has logged in as somebody else.
      queueMicrotask(() => void session.start(false));
      return false;
    }
    if (who.mention.source !== reader(user.id, user.username).mention.source) {
      who = reader(user.id, user.username);
    }
    users.put(user);
    session.user(user);
    session.expiresAt(Date.parse(login.expires_at));
    return true;
  }

  /** Connected, and told what there is. */
  function live(): void {
    registry.setReady(true);
    outbox.pump();
    void reading.flush();
    counting.ask();
    const quiet = (p: Promise<unknown>) => void p.catch(() => {});
    quiet(rooms.refresh());
    quiet(users.refreshOnline());
    if (events.listsUnsure) {
      events.listsUnsure = false;
      quiet(invitations.load());
      quiet(blocks.load());
      quiet(users.prefetch());
    }
    for (const timeline of timelines) {
      if (timeline.status() === "failed") void timeline.retry();
    }
  }

  hear({ tabs, session, registry, reading, outbox, blocks, me });

  const unwatch = environment.watch(() => {
    setOnline(environment.online());
    if (!environment.visible()) {
      void persist.flush();
      void reading.flush();
    }
    if (environment.focused()) for (const timeline of timelines) timeline.look();
    session.wake();
  });

  function connection(): Connection {
    const state = linkState();
    if (state.kind === "idle") {
      const retryAt = unreachable();
      if (retryAt === undefined) return { kind: "idle" };
      return online() ? { kind: "waiting", retryAt, code: "offline" } : { kind: "offline" };
    }
    if (state.kind === "waiting" && !online()) return { kind: "offline" };
    return state;
  }

  // Views call this while something is being followed, which must not be what is read in here.
  const open = (id: string): Timeline => untrack(() => openNow(id));

  function openNow(id: string): Timeline {
    const conv = registry.of(id);
    if (!conv) throw new ApiError("not_found", "no such conversation: see conversations.get");
    registry.opened(conv);
    void rooms.detail(conv);
    const timeline = new OpenTimeline(conv, {
      history,
      pulse,
      unsent: () => outbox.messages(conv),
      overlay: (m) => changes.overlay(m),
      arrived: (_, messages) => {
        if (outbox.waits(conv)) for (const m of messages) if (m.own) outbox.settle(m.key);
      },
      seen: (c) => reading.seen(c),
      closed: (t) => timelines.delete(t),
    });
    timelines.add(timeline);
    return timeline;
  }

  return {
    session,
    logins,
    connection,
    conversations: registry,
    messages: {
      open,
      send(id, content) {
        const conv = registry.of(id);
        if (!conv || content.trim() === "") return;
        outbox.send(conv, content);
        registry.sentFrom(id);
        for (const timeline of timelines) {
          if (timeline.conversation === id && !timeline.live()) void timeline.jumpToNewest();
        }
      },
      retry: (key) => outbox.retry(key),
      drop: (key) => outbox.drop(key),
      edit: (message, content) => changes.edit(message, content),
      remove: (message) => changes.remove(message),
      lastOwn: (id) => registry.of(id)?.lastOwn(),
    },
    users,
    blocks,
    rooms,
    invitations,
    notices,
    onAlert(listener) {
      alerts.add(listener);
      return () => alerts.delete(listener);
    },
    reconnect() {
      session.hurry();
      link.hurry();
    },
    start: () => void session.start(),
    stop() {
      unwatch();
      session.stop();
      link.stop();
      void persist.close();
      outbox.clear();
      reading.clear();
      counting.clear();
      tabs.close();
      dispose();
    },
  };
}
