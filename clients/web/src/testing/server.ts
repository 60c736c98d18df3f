// A server in memory that obeys docs/protocol.md and docs/http.md as far as the client goes, for one
// client at a time. Others act on it directly, and it can be made to misbehave.

import type { Socket } from "../link/connection";
import { directId } from "../model/ids";
import type { FakeClock } from "./clock";
import { respond } from "./routes";
import { FakeSocket } from "./socket";

export type Json = Record<string, unknown>;

interface StoredMessage {
  id: string;
  author: string;
  target: Json;
  content: string;
  edited: boolean;
  deleted: boolean;
  created_at: string;
  conversation: string;
  seq: number;
  client_msg_id?: string;
}

interface LogEntry {
  readonly type: string;
  readonly message?: StoredMessage;
  readonly fields: Json;
}

export interface Talk {
  readonly id: string;
  readonly kind: "room" | "dm";
  readonly users: string[];
  name: string;
  readonly log: LogEntry[];
  readonly messages: StoredMessage[];
  readonly members: Set<string>;
  readonly firstOf: Map<string, number>;
  readonly lastOf: Map<string, number>;
  /** Older events cannot be replayed. */
  kept: number;
}

export const uuid = (n: number): string =>
  `00000000-0000-4000-8000-${n.toString(16).padStart(12, "0")}`;

export class FakeServer {
  readonly users = new Map<string, string>();
  readonly talks = new Map<string, Talk>();
  readonly own = new Map<string, Json[]>();
  readonly reads = new Map<string, Map<string, number>>();
  readonly online = new Set<string>();
  readonly requests: string[] = [];
  sockets: FakeSocket[] = [];
  /** Whose cookie the browser has. */
  cookie: string | undefined;
  expires: number;
  /** Set to refuse the next sends. */
  refuse: Json[] = [];
  /** The next answers to sends are lost with their connection. */
  loseAnswers = 0;
  /** Events of conversations overtake those of one's own sequence: nothing orders the two. */
  ownLast = false;
  /** The next events are left out, as should never happen. */
  skip = 0;
  reachable = true;
  /** How long a request takes on its way there and back, 0 for at once. */
  httpDelay: () => number = () => 0;
  socketDelay: () => number = () => 0;
  #ids = 1000;
  #quiet = false;

  constructor(readonly clock: FakeClock) {
    this.expires = clock.now() + 24 * 3_600_000;
  }

  #id(): string {
    return uuid(this.#ids++);
  }

  // ---- what others do ----

  user(name: string): string {
    const id = this.#id();
    this.users.set(id, name);
    this.own.set(id, []);
    this.reads.set(id, new Map());
    return id;
  }

  wireUser(id: string): Json {
    const username = this.users.get(id) ?? "deleted";
    return { id, username, email: "", role: "user", created_at: "2026-01-01T00:00:00Z" };
  }

  room(name: string, ...users: string[]): Talk {
    const id = this.#id();
    const talk = this.#talk(id, "room", name, []);
    for (const user of users) this.join(talk, user);
    return talk;
  }

  #talk(id: string, kind: "room" | "dm", name: string, users: string[]): Talk {
    const talk: Talk = {
      id,
      kind,
      users,
      name,
      log: [],
      messages: [],
      members: new Set(),
      firstOf: new Map(),
      lastOf: new Map(),
      kept: 0,
    };
    this.talks.set(id, talk);
    return talk;
  }

  #add(talk: Talk, user: string, first: number): void {
    talk.members.add(user);
    talk.firstOf.set(user, first);
    talk.lastOf.delete(user);
    const peer = talk.users.find((u) => u !== user) ?? talk.users[0];
    this.#tellOwn(user, {
      type: "conversation_added",
      conversation: talk.id,
      kind: talk.kind,
      first_seq: first,
      ...(talk.kind === "dm" ? { peer } : {}),
    });
  }

  /** A user joins, and somebody greets in the same moment. */
  join(talk: Talk, user: string, greeting?: string): void {
    if (greeting !== undefined) this.#quiet = true;
    this.#add(talk, user, talk.log.length + 1);
    this.#append(talk, {
      type: "user_joined_room",
      fields: {
        room_id: talk.id,
        user: this.wireUser(user),
        membership: this.membership(talk, user),
      },
    });
    if (greeting === undefined) return;
    this.#quiet = false;
    this.say(talk, [...talk.members][0] ?? user, greeting);
  }

  membership(talk: Talk, user: string): Json {
    const role = [...talk.members][0] === user ? "owner" : "member";
    return { room_id: talk.id, user_id: user, role, joined_at: "2026-01-01T00:00:00Z" };
  }

  leave(talk: Talk, user: string, reason = "left"): void {
    this.#append(talk, {
      type: "user_left_room",
      fields: { room_id: talk.id, user_id: user, reason },
    });
    talk.members.delete(user);
    talk.lastOf.set(user, talk.log.length);
  }

  rename(talk: Talk, name: string): void {
    talk.name = name;
    this.#append(talk, { type: "room_updated", fields: { room: this.wireRoom(talk) } });
  }

  direct(a: string, b: string): Talk {
    const id = directId(a, b);
    const talk = this.talks.get(id) ?? this.#talk(id, "dm", "", [a, b]);
    if (talk.members.size === 0) for (const user of new Set([a, b])) this.#add(talk, user, 1);
    return talk;
  }

  say(talk: Talk, author: string, content: string, cid?: string): StoredMessage {
    const again = cid && talk.messages.find((m) => m.author === author && m.client_msg_id === cid);
    if (again) return again;
    const message: StoredMessage = {
      id: this.#id(),
      author,
      target:
        talk.kind === "room"
          ? { type: "room", room_id: talk.id }
          : { type: "dm", recipient: talk.users.find((u) => u !== author) ?? author },
      content,
      edited: false,
      deleted: false,
      created_at: new Date(this.clock.now()).toISOString(),
      conversation: talk.id,
      seq: talk.log.length + 1,
      ...(cid ? { client_msg_id: cid } : {}),
    };
    talk.messages.push(message);
    this.#append(talk, {
      type: "message_received",
      message,
      fields: { author_username: this.users.get(author) },
    });
    return message;
  }

  edit(talk: Talk, message: StoredMessage, content: string): void {
    if (message.deleted) return;
    message.content = content;
    message.edited = true;
    this.#append(talk, { type: "message_edited", message, fields: { previous_content: "" } });
  }

  remove(talk: Talk, message: StoredMessage): void {
    if (message.deleted) return;
    message.deleted = true;
    message.content = "";
    this.#append(talk, {
      type: "message_deleted",
      fields: { message_id: message.id, target: message.target, deleted_by: message.author },
    });
  }

  /** Reads on another device. */
  read(talk: Talk, user: string, seq: number): number {
    const marks = this.reads.get(user);
    const before = marks?.get(talk.id) ?? 0;
    const now = Math.max(before, Math.min(seq, talk.log.length));
    marks?.set(talk.id, now);
    if (now > before) {
      this.#tellOwn(user, { type: "read_marked", conversation: talk.id, read_seq: now });
    }
    return now;
  }

  /** What others said behind the read mark, or since one joined. */
  news(talk: Talk, user: string): StoredMessage[] {
    const mark = this.reads.get(user)?.get(talk.id) ?? 0;
    const floor = talk.kind === "dm" ? mark : Math.max(mark, talk.firstOf.get(user) ?? 0);
    return talk.messages.filter((m) => m.seq > floor && m.author !== user && !m.deleted);
  }

  unread(talk: Talk, user: string): number {
    return this.news(talk, user).length;
  }

  mentions(talk: Talk, user: string): number {
    const call = `@${this.users.get(user)}`;
    return this.news(talk, user).filter((m) => m.content.includes(call)).length;
  }

  passing(frame: Json): void {
    for (const socket of this.sockets) if (socket.resumed) socket.tell(frame);
  }

  tellOwn(user: string, frame: Json): void {
    this.#tellOwn(user, frame);
  }

  #tellOwn(user: string, frame: Json): void {
    this.own.get(user)?.push(frame);
    this.#pump();
  }

  #append(talk: Talk, entry: LogEntry): void {
    talk.log.push(entry);
    this.#pump();
  }

  #pump(): void {
    if (!this.#quiet) for (const socket of this.sockets) socket.pump();
  }

  wireRoom(talk: Talk): Json {
    return {
      id: talk.id,
      name: talk.name,
      owner: [...talk.members][0] ?? "",
      settings: { description: null, is_private: false, max_members: null },
      created_at: "2026-01-01T00:00:00Z",
    };
  }

  /** An event as it is now. */
  frame(talk: Talk, seq: number): Json {
    const entry = talk.log[seq - 1];
    if (!entry) throw new Error("no such event");
    const message = entry.message ? { message: { ...entry.message } } : {};
    return { type: entry.type, conversation: talk.id, seq, ...message, ...entry.fields };
  }

  // ---- sockets ----

  dial = (): Socket => {
    const socket = new FakeSocket(this, this.cookie);
    if (this.reachable) {
      this.sockets.push(socket);
      queueMicrotask(() => socket.open());
    } else {
      queueMicrotask(() => socket.end(1006));
    }
    return socket;
  };

  /** Cuts all connections without a word. */
  kill(code = 1006): void {
    for (const socket of this.sockets.splice(0)) socket.end(code);
  }

  // ---- HTTP ----

  fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const at = new URL(url, "http://lair");
    const path = at.pathname.replace("/api/v1", "");
    this.requests.push(`${init.method} ${path}`);
    await this.#pause();
    if (!this.reachable) throw new TypeError("failed to fetch");
    const body = init.body ? (JSON.parse(String(init.body)) as Json) : {};
    const [status, answer] = respond(this, `${init.method} ${path}`, at.searchParams, body);
    const text = JSON.stringify(answer);
    await this.#pause();
    return new Response(text, { status });
  };

  async #pause(): Promise<void> {
    const ms = this.httpDelay();
    if (ms > 0) await new Promise<void>((done) => this.clock.after(ms, done));
  }

  session(): Json {
    return { id: uuid(1), expires_at: new Date(this.expires).toISOString() };
  }

  target(me: string, target: Json): Talk | undefined {
    if (target.type === "room") {
      const talk = this.talks.get(String(target.room_id));
      return talk?.members.has(me) ? talk : undefined;
    }
    return this.talks.get(directId(me, String(target.recipient)));
  }
}
