// A server in memory that obeys docs/protocol.md and docs/http.md as far as the client goes, for one
// client at a time. Others act on it directly, and it can be made to misbehave.

import type { Socket } from "../link/connection";
import { directId } from "../model/ids";
import type { FakeClock } from "./clock";

type Json = Record<string, unknown>;

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
  /** The next events are left out, as should never happen. */
  skip = 0;
  reachable = true;
  /** How long a request takes on its way there and back, 0 for at once. */
  httpDelay: () => number = () => 0;
  socketDelay: () => number = () => 0;
  #ids = 1000;

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

  join(talk: Talk, user: string): void {
    this.#add(talk, user, talk.log.length + 1);
    this.#append(talk, {
      type: "user_joined_room",
      fields: {
        room_id: talk.id,
        user: this.wireUser(user),
        membership: this.membership(talk, user),
      },
    });
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

  unread(talk: Talk, user: string): number {
    const floor = Math.max(this.reads.get(user)?.get(talk.id) ?? 0, talk.firstOf.get(user) ?? 0);
    const first = talk.kind === "dm" ? (this.reads.get(user)?.get(talk.id) ?? 0) : floor;
    return talk.messages.filter((m) => m.seq > first && m.author !== user && !m.deleted).length;
  }

  passing(frame: Json): void {
    for (const socket of this.sockets) if (socket.resumed) socket.tell(frame);
  }

  tellOwn(user: string, frame: Json): void {
    this.#tellOwn(user, frame);
  }

  #tellOwn(user: string, frame: Json): void {
    this.own.get(user)?.push(frame);
    for (const socket of this.sockets) socket.pump();
  }

  #append(talk: Talk, entry: LogEntry): void {
    talk.log.push(entry);
    for (const socket of this.sockets) socket.pump();
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
    const [status, answer] = this.route(`${init.method} ${path}`, at.searchParams, body);
    const text = JSON.stringify(answer);
    await this.#pause();
    return new Response(text, { status });
  };

  async #pause(): Promise<void> {
    const ms = this.httpDelay();
    if (ms > 0) await new Promise<void>((done) => this.clock.after(ms, done));
  }

  route(route: string, query: URLSearchParams, body: Json): [number, Json] {
    const refusal = (status: number, code: string): [number, Json] => [
      status,
      { error: { code, message: code } },
    ];
    if (route === "POST /auth/login") {
      const id = [...this.users].find(([, name]) => name === body.identifier)?.[0];
      if (!id) return refusal(401, "invalid_credentials");
      this.cookie = id;
      return [200, { user: this.wireUser(id), session: this.session(), token: "" }];
    }
    const me = this.cookie;
    if (!me) return refusal(401, "missing_token");
    const parts = route.split("/");
    switch (parts.slice(0, 2).join("/")) {
      case "POST /auth":
        if (parts[2] === "logout") this.cookie = undefined;
        if (parts[2] === "refresh") this.expires = this.clock.now() + 24 * 3_600_000;
        return [200, { success: true, expires_at: new Date(this.expires).toISOString() }];
      case "GET /users": {
        if (parts[2] === "me" && parts.length === 3) {
          const counts: Json = {};
          for (const talk of this.talks.values()) {
            const n = talk.members.has(me) ? this.unread(talk, me) : 0;
            if (n > 0) counts[talk.id] = n;
          }
          return [200, { user: this.wireUser(me), unread_counts: counts }];
        }
        if (parts.length > 2) {
          if (!this.users.has(parts[2] ?? "")) return refusal(404, "user_not_found");
          return [200, { user: this.wireUser(parts[2] ?? ""), online: false }];
        }
        const users = [...this.users.keys()]
          .filter((id) => !query.get("online_only") || this.online.has(id))
          .map((id) => ({ user: this.wireUser(id), online: this.online.has(id) }));
        return [200, { users, has_more: false, total_count: users.length }];
      }
      case "GET /rooms": {
        const talk = this.talks.get(parts[2] ?? "");
        if (parts[3] === "members" && talk) {
          const members = [...talk.members].map((user) => ({
            ...this.membership(talk, user),
            username: this.users.get(user),
            is_online: false,
          }));
          return [200, { members, total: members.length }];
        }
        if (talk) {
          const membership = talk.members.has(me) ? this.membership(talk, me) : null;
          return [200, { room: this.wireRoom(talk), membership, member_count: talk.members.size }];
        }
        const rooms = [...this.talks.values()]
          .filter((t) => t.kind === "room" && t.members.has(me))
          .map((t) => ({ room: this.wireRoom(t), member_count: 1, is_member: true }));
        return [200, { rooms, has_more: false, total_count: rooms.length }];
      }
      case "POST /rooms": {
        const talk = this.talks.get(parts[2] ?? "");
        if (!talk) {
          const made = this.room(String(body.name), me);
          return [201, { room: this.wireRoom(made) }];
        }
        if (parts[3] === "leave") this.leave(talk, me);
        else this.join(talk, me);
        return [200, { room: this.wireRoom(talk), membership: this.membership(talk, me) }];
      }
      case "GET /invitations":
        return [200, { invitations: [], has_more: false }];
      case "GET /messages":
        return this.history(me, query);
      case "POST /messages": {
        const talk = this.target(me, body.target as Json);
        if (!talk) return refusal(403, "not_room_member");
        const seq = typeof body.seq === "number" ? body.seq : talk.log.length;
        return [200, { conversation: talk.id, read_seq: this.read(talk, me, seq) }];
      }
      case "PATCH /messages":
      case "DELETE /messages": {
        for (const talk of this.talks.values()) {
          const message = talk.messages.find((m) => m.id === parts[2]);
          if (!message) continue;
          if (message.author !== me) return refusal(403, "not_message_author");
          if (route.startsWith("DELETE")) this.remove(talk, message);
          else this.edit(talk, message, String(body.content));
          return [200, { success: true, message }];
        }
        return refusal(404, "message_not_found");
      }
    }
    return refusal(404, "not_found");
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

  history(me: string, query: URLSearchParams): [number, Json] {
    const id = query.get("target_id") ?? "";
    const talk = this.talks.get(query.get("target_type") === "room" ? id : directId(me, id));
    if (!talk) return [200, { messages: [], has_more: false }];
    if (!talk.members.has(me)) {
      return [403, { error: { code: "not_room_member", message: "no" } }];
    }
    const limit = Math.min(100, Number(query.get("limit") ?? 50));
    const all = talk.messages.filter((m) => !m.deleted);
    const after = query.get("after_seq");
    const bound = Number(query.get("before_seq") ?? Number.MAX_SAFE_INTEGER);
    const found =
      after === null
        ? all.filter((m) => m.seq < bound).slice(-limit)
        : all.filter((m) => m.seq > Number(after)).slice(0, limit);
    const more =
      after === null
        ? all.filter((m) => m.seq < bound).length > limit
        : all.filter((m) => m.seq > Number(after)).length > limit;
    return [200, { messages: found.map((m) => ({ ...m })).reverse(), has_more: more }];
  }
}

/** Both ends of one WebSocket. Frames arrive in microtasks, in order. */
export class FakeSocket implements Socket {
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  onerror: Socket["onerror"] = null;
  resumed = false;
  readonly said: Json[] = [];
  /** Nothing arrives any more, and nobody is told: a dead network. */
  dead = false;
  #me = "";
  #positions = new Map<string, number>();
  #userSeq = 0;
  #over = false;
  #arrives = 0;

  constructor(
    private readonly server: FakeServer,
    private readonly cookie: string | undefined,
  ) {}

  open(): void {
    this.onopen?.();
    this.tell({ type: "server_hello", version: "1.0", server_name: "x", features: ["resume"] });
  }

  tell(frame: Json): void {
    const text = JSON.stringify(frame);
    this.#later(() => this.onmessage?.({ data: text }));
  }

  // Frames are late by chance, but never overtake each other.
  #later(run: () => void): void {
    const now = this.server.clock.now();
    this.#arrives = Math.max(this.#arrives, now + this.server.socketDelay());
    const deliver = () => {
      if (!this.#over && !this.dead) run();
    };
    if (this.#arrives === now) queueMicrotask(deliver);
    else this.server.clock.after(this.#arrives - now, deliver);
  }

  end(code: number): void {
    if (this.#over) return;
    this.#over = true;
    this.server.sockets = this.server.sockets.filter((s) => s !== this);
    queueMicrotask(() => this.onclose?.({ code }));
  }

  close(): void {
    this.end(1005);
  }

  send(text: string): void {
    const frame = JSON.parse(text) as Json;
    if (this.#over || this.dead) return;
    this.said.push(frame);
    queueMicrotask(() => {
      if (!this.#over && !this.dead) this.#hear(frame);
    });
  }

  #answer(frame: Json, body: Json): void {
    this.tell({
      type: `${frame.type}_response`,
      request_id: frame.request_id ?? null,
      success: !("error" in body),
      ...body,
    });
  }

  #hear(frame: Json): void {
    switch (frame.type) {
      case "ping":
        return this.tell({ type: "pong", server_time: "2026-11-24T12:00:00Z" });
      case "authenticate":
        if (!this.cookie || this.cookie !== this.server.cookie) {
          return this.#answer(frame, { error: { code: "session_not_found", message: "no" } });
        }
        this.#me = this.cookie;
        return this.#answer(frame, {
          user: this.server.wireUser(this.#me),
          session: this.server.session(),
        });
      case "resume":
        return this.#resume(frame);
      case "send_message":
        return this.#send(frame);
    }
  }

  #send(frame: Json): void {
    const refused = this.server.refuse.shift();
    if (refused) return this.#answer(frame, { error: refused });
    const target = frame.target as Json;
    const talk =
      target.type === "dm"
        ? this.server.direct(this.#me, String(target.recipient))
        : this.server.target(this.#me, target);
    if (!talk) return this.#answer(frame, { error: { code: "not_room_member", message: "no" } });
    const message = this.server.say(
      talk,
      this.#me,
      String(frame.content),
      String(frame.client_msg_id),
    );
    if (this.server.loseAnswers > 0) {
      this.server.loseAnswers--;
      this.end(1006);
      return;
    }
    this.#answer(frame, { message: { ...message } });
  }

  #resume(frame: Json): void {
    const positions = frame.positions as Record<string, number>;
    const own = this.server.own.get(this.#me) ?? [];
    const userSeq = frame.user_seq as number | undefined;
    const conversations: Json[] = [];
    const resets: Json[] = [];
    for (const talk of this.server.talks.values()) {
      const first = talk.firstOf.get(this.#me);
      if (first === undefined) continue;
      const last = talk.lastOf.get(this.#me);
      const seq = last ?? talk.log.length;
      const named = positions[talk.id];
      const added = own.findIndex(
        (e, i) =>
          i >= (userSeq ?? own.length) &&
          e.type === "conversation_added" &&
          e.conversation === talk.id,
      );
      let after = named ?? (added >= 0 ? first - 1 : seq);
      const reset = named !== undefined && named > seq;
      if (reset) after = seq;
      if (named !== undefined && named < talk.kept) {
        // Found out later, as by a log that was cut.
        resets.push({ type: "reset", conversation: talk.id, seq });
        this.#positions.set(talk.id, seq);
      } else if (last === undefined || named !== undefined) {
        this.#positions.set(talk.id, after);
      }
      const read = this.server.reads.get(this.#me)?.get(talk.id);
      conversations.push({
        conversation: talk.id,
        kind: talk.kind,
        seq,
        after,
        ...(talk.kind === "dm" ? { peer: talk.users.find((u) => u !== this.#me) ?? this.#me } : {}),
        ...(read ? { read_seq: read } : {}),
        ...(last === undefined ? {} : { left: true }),
        ...(reset ? { reset: true } : {}),
      });
    }
    const userReset = userSeq !== undefined && userSeq > own.length;
    this.#userSeq = userReset ? own.length : (userSeq ?? own.length);
    const half = Math.ceil(conversations.length / 2);
    const part = { user_seq: own.length, ...(userReset ? { user_reset: true } : {}) };
    if (conversations.length > 1) {
      this.#answer(frame, { ...part, conversations: conversations.slice(0, half), more: true });
    }
    const rest = conversations.length > 1 ? conversations.slice(half) : conversations;
    this.#answer(frame, { ...part, conversations: rest });
    this.resumed = true;
    for (const reset of resets) this.tell(reset);
    this.pump();
  }

  /** Sends what has not been sent. */
  pump(): void {
    if (!this.resumed || this.#over) return;
    const own = this.server.own.get(this.#me) ?? [];
    for (; this.#userSeq < own.length; this.#userSeq++) {
      const event = own[this.#userSeq];
      if (event?.type === "conversation_added") {
        const id = String(event.conversation);
        const before = Number(event.first_seq) - 1;
        this.#positions.set(id, Math.max(this.#positions.get(id) ?? 0, before));
      }
      this.tell({ ...event, user_seq: this.#userSeq + 1 });
    }
    for (const [id, position] of this.#positions) {
      const talk = this.server.talks.get(id);
      if (!talk) continue;
      const end = talk.lastOf.get(this.#me) ?? talk.log.length;
      for (let seq = position + 1; seq <= end; seq++) {
        this.#positions.set(id, seq);
        if (this.server.skip > 0) {
          this.server.skip--;
          continue;
        }
        this.tell(this.server.frame(talk, seq));
      }
    }
  }
}
