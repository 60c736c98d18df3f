// The HTTP API of the server in memory.

import { directId } from "../model/ids";
import type { FakeServer, Json } from "./server";

/** Answers a request of the user whose cookie the browser has. */
export function respond(
  server: FakeServer,
  route: string,
  query: URLSearchParams,
  body: Json,
): [number, Json] {
  const refusal = (status: number, code: string): [number, Json] => [
    status,
    { error: { code, message: code } },
  ];
  if (route === "POST /auth/login") {
    const id = [...server.users].find(([, name]) => name === body.identifier)?.[0];
    if (!id) return refusal(401, "invalid_credentials");
    server.cookie = id;
    return [200, { user: server.wireUser(id), session: server.session(), token: "" }];
  }
  const me = server.cookie;
  if (!me) return refusal(401, "missing_token");
  const parts = route.split("/");
  switch (parts.slice(0, 2).join("/")) {
    case "POST /auth":
      if (parts[2] === "logout") server.cookie = undefined;
      if (parts[2] === "refresh") server.expires = server.clock.now() + 24 * 3_600_000;
      return [200, { success: true, expires_at: new Date(server.expires).toISOString() }];
    case "GET /users": {
      if (parts[2] === "me" && parts.length === 3) {
        const counts: Json = {};
        for (const talk of server.talks.values()) {
          const n = talk.members.has(me) ? Math.min(1_000, server.unread(talk, me)) : 0;
          if (n > 0) counts[talk.id] = n;
        }
        return [200, { user: server.wireUser(me), unread_counts: counts }];
      }
      if (parts.length > 2) {
        if (!server.users.has(parts[2] ?? "")) return refusal(404, "user_not_found");
        return [200, { user: server.wireUser(parts[2] ?? ""), online: false }];
      }
      const users = [...server.users.keys()]
        .filter((id) => !query.get("online_only") || server.online.has(id))
        .map((id) => ({ user: server.wireUser(id), online: server.online.has(id) }));
      return [200, { users, has_more: false, total_count: users.length }];
    }
    case "GET /rooms": {
      const talk = server.talks.get(parts[2] ?? "");
      if (parts[3] === "members" && talk) {
        const members = [...talk.members].map((user) => ({
          ...server.membership(talk, user),
          username: server.users.get(user),
          is_online: false,
        }));
        return [200, { members, total: members.length }];
      }
      if (talk) {
        const membership = talk.members.has(me) ? server.membership(talk, me) : null;
        return [200, { room: server.wireRoom(talk), membership, member_count: talk.members.size }];
      }
      const rooms = [...server.talks.values()]
        .filter((t) => t.kind === "room" && t.members.has(me))
        .map((t) => ({ room: server.wireRoom(t), member_count: 1, is_member: true }));
      return [200, { rooms, has_more: false, total_count: rooms.length }];
    }
    case "POST /rooms": {
      const talk = server.talks.get(parts[2] ?? "");
      if (!talk) {
        const made = server.room(String(body.name), me);
        return [201, { room: server.wireRoom(made) }];
      }
      if (parts[3] === "leave") server.leave(talk, me);
      else server.join(talk, me);
      return [200, { room: server.wireRoom(talk), membership: server.membership(talk, me) }];
    }
    case "GET /invitations":
      return [200, { invitations: [], has_more: false }];
    case "GET /messages":
      return history(server, me, query);
    case "POST /messages": {
      const talk = server.target(me, body.target as Json);
      if (!talk) return refusal(403, "not_room_member");
      const seq = typeof body.seq === "number" ? body.seq : talk.log.length;
      return [200, { conversation: talk.id, read_seq: server.read(talk, me, seq) }];
    }
    case "PATCH /messages":
    case "DELETE /messages": {
      for (const talk of server.talks.values()) {
        const message = talk.messages.find((m) => m.id === parts[2]);
        if (!message) continue;
        if (message.author !== me) return refusal(403, "not_message_author");
        if (route.startsWith("DELETE")) server.remove(talk, message);
        else server.edit(talk, message, String(body.content));
        return [200, { success: true, message }];
      }
      return refusal(404, "message_not_found");
    }
  }
  return refusal(404, "not_found");
}

function history(server: FakeServer, me: string, query: URLSearchParams): [number, Json] {
  const id = query.get("target_id") ?? "";
  const talk = server.talks.get(query.get("target_type") === "room" ? id : directId(me, id));
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
