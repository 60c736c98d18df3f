// The sockets of the server in memory.

import type { Socket } from "../link/connection";
import type { FakeServer, Json } from "./server";

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
    const frames: Json[] = [];
    for (; this.#userSeq < own.length; this.#userSeq++) {
      const event = own[this.#userSeq];
      if (event?.type === "conversation_added") {
        const id = String(event.conversation);
        const before = Number(event.first_seq) - 1;
        this.#positions.set(id, Math.max(this.#positions.get(id) ?? 0, before));
      }
      frames.push({ ...event, user_seq: this.#userSeq + 1 });
    }
    if (!this.server.ownLast) for (const frame of frames) this.tell(frame);
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
    if (this.server.ownLast) for (const frame of frames) this.tell(frame);
  }
}
