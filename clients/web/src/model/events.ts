import type { Clock } from "../link/clock";
import type { EventFrame, Link } from "../link/link";
import type {
  ConversationEvent,
  DurableEvent,
  OwnEvent,
  PassingEvent,
  ResumeBody,
  ResumedConversation,
} from "../wire/frames";
import type { User, WireMessage } from "../wire/objects";
import type { Changes } from "./changes";
import type { Conv } from "./conversation";
import type { Counting } from "./counting";
import { Early } from "./early";
import { fromWire, type Reader } from "./message";
import type { NoticeList } from "./notices";
import type { Outbox } from "./outbox";
import type { InvitationList } from "./people";
import type { Persist } from "./persist";
import type { Pulse } from "./pulse";
import type { Reading } from "./reading";
import type { Registry } from "./registry";
import type { RoomList } from "./rooms";
import type { Alert, Presence } from "./types";
import type { Directory } from "./users";

export interface EventsContext {
  readonly clock: Clock;
  readonly pulse: Pulse;
  readonly persist: Persist;
  readonly registry: Registry;
  readonly rooms: RoomList;
  readonly users: Directory;
  readonly outbox: Outbox;
  readonly reading: Reading;
  readonly counting: Counting;
  readonly invitations: InvitationList;
  readonly notices: NoticeList;
  readonly changes: Changes;
  readonly link: () => Link;
  readonly reader: () => Reader;
  readonly alert: (alert: Alert) => void;
  readonly onMe: (user: User) => void;
  readonly onExpiring: (at: number) => void;
}

// Older messages call nobody: they were missed, not just said.
const alertWithin = 2 * 60_000;

/** Applies what the server says, in order, each event once. */
export class Events {
  /** The last event of the own sequence, undefined before the first resume. */
  userSeq: number | undefined;
  /** What is stored is too old to go on from. */
  tooOld = false;
  /** Lists that have no sequence have to be read anew. */
  listsUnsure = true;
  #first = true;
  readonly #early = new Early();

  constructor(private readonly context: EventsContext) {}

  clear(): void {
    this.userSeq = undefined;
    this.tooOld = false;
    this.listsUnsure = true;
    this.#first = true;
    this.#early.clear();
  }

  /** What resume is to go on from. */
  positions(): { positions: Record<string, number>; user_seq?: number } {
    if (this.tooOld) return { positions: {} };
    const active = [...this.context.registry.all()].filter((c) => c.active);
    active.sort((a, b) => b.lastActivity() - a.lastActivity());
    const positions: Record<string, number> = {};
    for (const conv of active.slice(0, 10_000)) positions[conv.id] = conv.position;
    return this.userSeq === undefined ? { positions } : { positions, user_seq: this.userSeq };
  }

  resumed(part: ResumeBody): void {
    for (const item of part.conversations) this.#resumedOne(item);
    if (part.user_reset || this.userSeq === undefined || this.tooOld) {
      this.listsUnsure = true;
      this.userSeq = part.user_seq;
      this.context.persist.userSeq(part.user_seq);
    }
    if (part.more) return;
    this.tooOld = false;
    this.#first = false;
  }

  #resumedOne(item: ResumedConversation): void {
    const { registry, persist, reading } = this.context;
    let conv = registry.of(item.conversation);
    if (item.left) {
      if (!conv?.active) return;
      // Otherwise the event that says so is still to come.
      if (item.reset || item.seq <= conv.position) this.#end(conv, "left");
      return;
    }
    if (!conv) {
      conv = registry.ensure(item.conversation, item.kind, item.peer, item.after);
      persist.mark(conv);
    } else if (!conv.active || item.reset || item.after !== conv.position) {
      this.#reset(conv, item.after);
    }
    this.#early.take(item.conversation); // they come again, if they count
    conv.setPresence("active");
    registry.returned(conv);
    if (item.read_seq !== undefined) reading.raise(conv, item.read_seq);
    if (conv.marked > (item.read_seq ?? 0)) reading.tell(conv);
    if (this.#first) conv.quietUntil = item.seq;
    this.context.pulse.mark(conv);
  }

  #reset(conv: Conv, seq: number): void {
    conv.unsure = true;
    conv.reset(seq);
    this.context.persist.reset(conv);
    this.context.rooms.refreshMembers(conv);
    this.context.outbox.counted(conv);
    this.context.pulse.mark(conv);
  }

  #end(conv: Conv, presence: Presence): void {
    conv.setPresence(presence);
    conv.news.reset();
    conv.news.settle();
    this.context.persist.drop(conv.id);
    this.context.pulse.mark(conv);
  }

  apply(frame: EventFrame): void {
    if (frame.type === "reset") this.#resetFrame(frame.conversation, frame.seq);
    else if ("seq" in frame) this.#counted(frame);
    else if ("user_seq" in frame) this.#countedOwn(frame);
    else this.#passing(frame);
  }

  #resetFrame(id: string | undefined, seq: number): void {
    if (id === undefined) {
      this.userSeq = seq;
      this.listsUnsure = true;
      this.context.persist.userSeq(seq);
      // What was missed in the own sequence is conversations, too: resume tells them all.
      this.context.link().heal("hole");
      return;
    }
    const conv = this.context.registry.of(id);
    if (!conv) return;
    this.#reset(conv, seq);
    void this.context.rooms.refresh().catch(() => {});
    this.context.counting.ask();
  }

  #counted(event: ConversationEvent): void {
    const conv = this.context.registry.of(event.conversation);
    if (!conv?.active) {
      this.#early.keep(event);
      return;
    }
    if (event.seq <= conv.position) return;
    if (event.seq !== conv.position + 1) {
      console.warn("events are missing", event.conversation, conv.position, event.seq);
      this.context.link().heal("hole");
      return;
    }
    this.context.persist.mark(conv);
    conv.position = event.seq;
    this.#conversation(conv, event);
    if (this.context.outbox.waits(conv)) this.context.outbox.counted(conv);
    this.context.pulse.mark(conv);
  }

  #conversation(conv: Conv, event: ConversationEvent): void {
    const { rooms, users, registry, reading } = this.context;
    const me = this.context.reader().id;
    switch (event.type) {
      case "message_received":
        users.hint(event.message.author, event.author_username);
        this.#received(conv, event.message, event.author_username);
        return;
      case "message_edited":
        this.#edited(conv, event.message);
        return;
      case "message_deleted":
        this.#removed(conv, event.message_id);
        return;
      case "user_joined_room":
        users.put(event.user);
        rooms.joined(conv, {
          ...event.membership,
          username: event.user.username,
          is_online: users.onlineNow(event.user.id),
        });
        // What was said before one joined is not unread.
        if (event.user.id === me) reading.raise(conv, event.seq);
        return;
      case "user_left_room":
        rooms.left(conv, event.user_id);
        registry.typing(conv, event.user_id, false);
        if (event.user_id === me) this.#end(conv, leaving(event.reason));
        return;
      case "member_role_changed":
        users.hint(event.user_id, event.username);
        rooms.roleChanged(conv, event.user_id, event.new_role);
        return;
      case "room_updated":
        rooms.updated(conv, event.room);
        return;
      case "room_deleted":
        this.#end(conv, "deleted");
        return;
      case "member_muted":
        rooms.muted(conv, event.user_id, event.until);
        return;
      case "other":
        return;
    }
  }

  #received(conv: Conv, wire: WireMessage, author: string): void {
    if (wire.deleted) {
      this.#removed(conv, wire.id);
      return;
    }
    const m = fromWire(wire, this.context.reader());
    conv.received(m);
    this.context.persist.put(conv, m);
    this.context.registry.typing(conv, m.author, false);
    if (m.own) {
      this.context.outbox.settle(m.key);
      return;
    }
    const fresh =
      m.seq > conv.quietUntil &&
      m.seq > conv.news.floor &&
      this.context.clock.now() - m.createdAt < alertWithin;
    const notify = conv.notify();
    if (fresh && notify !== "none" && (notify === "all" || m.mentionsMe)) {
      const authorName = this.context.users.nameNow(m.author) || author;
      this.context.alert({ conversation: conv, message: m, authorName });
    }
  }

  #edited(conv: Conv, wire: WireMessage): void {
    if (wire.deleted) {
      this.#removed(conv, wire.id);
      return;
    }
    const m = fromWire(wire, this.context.reader());
    this.context.changes.done(m.id);
    conv.changed(m);
    this.context.persist.put(conv, m);
  }

  #removed(conv: Conv, id: string): void {
    this.context.changes.done(id);
    conv.removed(id);
    this.context.persist.remove(conv, id);
    if (!conv.news.exact) this.context.counting.ask();
  }

  #countedOwn(event: OwnEvent): void {
    if (this.userSeq === undefined || event.user_seq <= this.userSeq) return;
    if (event.user_seq !== this.userSeq + 1) {
      console.warn("own events are missing", this.userSeq, event.user_seq);
      this.context.link().heal("hole");
      return;
    }
    this.userSeq = event.user_seq;
    this.context.persist.userSeq(event.user_seq);
    const { registry, reading, invitations } = this.context;
    switch (event.type) {
      case "invitation_received":
      case "invitation_changed":
        invitations.put(event.invitation);
        return;
      case "read_marked": {
        const conv = registry.of(event.conversation);
        if (conv) reading.raise(conv, event.read_seq);
        return;
      }
      case "conversation_added":
        this.#added(event);
        return;
      case "other_own":
        return;
    }
  }

  #added(event: DurableEvent & { type: "conversation_added" }): void {
    const { registry, rooms, persist, pulse } = this.context;
    const before = event.first_seq - 1;
    let conv = registry.of(event.conversation);
    if (!conv) conv = registry.ensure(event.conversation, event.kind, event.peer, before);
    else if (conv.active && before <= conv.position) {
      // No news but for where one joined.
      this.context.reading.raise(conv, before);
      return;
    } else if (conv.position !== before) this.#reset(conv, before);
    conv.setPresence("active");
    conv.news.raise(before, before);
    conv.news.settle();
    persist.mark(conv);
    pulse.mark(conv);
    registry.returned(conv);
    if (conv.kind === "room" && conv.unsure) void rooms.detail(conv);
    for (const early of this.#early.take(event.conversation)) this.#counted(early);
  }

  #passing(event: PassingEvent): void {
    const { users, registry } = this.context;
    switch (event.type) {
      case "user_online":
      case "user_offline":
        users.hint(event.user_id, event.username);
        users.setOnline(event.user_id, event.type === "user_online");
        return;
      case "user_typing": {
        const me = this.context.reader().id;
        if (event.user_id === me) return;
        const { target } = event;
        const conv =
          target.type === "room" ? registry.of(target.room_id) : registry.withPeer(event.user_id);
        if (conv) registry.typing(conv, event.user_id, true);
        return;
      }
      case "user_updated":
        if (event.user.id === this.context.reader().id) this.context.onMe(event.user);
        users.put(event.user);
        return;
      case "server_notice":
        this.context.notices.add(event.severity, event.message);
        return;
      case "session_expiring":
        this.context.onExpiring(Date.parse(event.expires_at));
        return;
    }
  }
}

function leaving(reason: string): Presence {
  if (reason === "kicked" || reason === "banned") return reason;
  return reason === "room deleted" ? "deleted" : "left";
}
