import { randomBytes } from "node:crypto";
import { type System, settings } from "./settings";

export const PASSWORD = "correct horse battery";

/** A name that no other scenario has. */
export const unique = (name: string): string => `${name}_${randomBytes(4).toString("hex")}`;

interface Stored {
  readonly id: string;
  readonly seq: number;
  readonly content: string;
  readonly client_msg_id?: string;
}

/** A user, who acts through the API: what the scenario is not about. */
export class Person {
  constructor(
    readonly system: System,
    readonly id: string,
    readonly name: string,
    public token: string,
  ) {}

  static async register(system: System, name: string): Promise<Person> {
    const username = unique(name);
    const body = { username, email: `${username}@example.org`, password: PASSWORD };
    const made = await call<{ user: { id: string }; token: string }>(
      system,
      "",
      "POST",
      "/auth/register",
      body,
    );
    return new Person(system, made.user.id, username, made.token);
  }

  call<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    return call<T>(this.system, this.token, method, path, body);
  }

  /** Makes a room and has the others join; returns its id and name. */
  async room(name: string, others: readonly Person[] = [], settings: object = {}): Promise<Room> {
    const body = { name: unique(name), settings };
    const { room } = await this.call<{ room: Room }>("POST", "/rooms", body);
    for (const p of others) await p.call("POST", `/rooms/${room.id}/join`);
    return { id: room.id, name: room.name };
  }

  async say(to: Room | Person, content: string): Promise<Stored> {
    const target =
      to instanceof Person ? { type: "dm", recipient: to.id } : { type: "room", room_id: to.id };
    const body = { target, content };
    return (await this.call<{ message: Stored }>("POST", "/messages", body)).message;
  }

  /** Says n different things in a room, and returns them in the order in which they are there. */
  async fill(room: Room, n: number): Promise<string[]> {
    let next = 0;
    const speak = async () => {
      while (next < n) {
        const i = ++next;
        await this.say(room, `message ${i}.${" And more.".repeat(i % 7)}`);
      }
    };
    await Promise.all(Array.from({ length: 16 }, speak));
    return (await this.history(room)).map((x) => x.content);
  }

  /** All messages of a room, the oldest first. */
  async history(room: Room): Promise<Stored[]> {
    const all: Stored[] = [];
    for (;;) {
      const after = all.at(-1)?.seq ?? 0;
      const page = await this.call<{ messages: Stored[]; has_more: boolean }>(
        "GET",
        `/messages?target_type=room&target_id=${room.id}&after_seq=${after}&limit=100`,
      );
      all.push(...page.messages.toSorted((a, b) => a.seq - b.seq));
      if (!page.has_more) return all;
    }
  }
}

export interface Room {
  readonly id: string;
  readonly name: string;
}

async function call<T>(
  system: System,
  token: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const headers: Record<string, string> = {};
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const answer = await fetch(`${settings[system].api}/api/v1${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text || "null");
}
