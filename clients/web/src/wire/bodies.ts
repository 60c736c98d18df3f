// The answers of the HTTP API.

import * as d from "./decode";
import type {
  Ban,
  Invitation,
  Login,
  LoginSession,
  Member,
  Membership,
  Room,
  RoomListing,
  User,
  UserListing,
  WireMessage,
} from "./objects";
import { type Decoder, dictionary, flag, list, object, optional, text, whole } from "./shape";

/** The one form that all refusals have. */
export const errorBody = object<{
  error: { code: string; message: string; details: { retry_after?: number | undefined } };
}>({
  error: object({
    code: text,
    message: optional(text, ""),
    details: optional(object({ retry_after: optional(whole) }), { retry_after: undefined }),
  }),
});

/** An answer of which only its coming counts. */
export const nothing: Decoder<unknown> = (v) => v;

export const loggedIn = object<{ user: User; session: LoginSession }>({
  user: d.user,
  session: d.loginSession,
});
export const refreshed = object<{ expires_at: string }>({ expires_at: text });
export const me = object<{
  user: User;
  unread_counts?: Readonly<Record<string, number>> | undefined;
}>({
  user: d.user,
  unread_counts: optional(dictionary(whole)),
});
export const logins = object<{ sessions: readonly Login[] }>({ sessions: list(d.login) });

export const oneUser: Decoder<UserListing> = d.userListing;
export const users = object<{
  users: readonly UserListing[];
  has_more: boolean;
  total_count: number;
}>({ users: list(d.userListing), has_more: flag, total_count: optional(whole, 0) });
export const blocks = object<{ blocks: readonly { user_id: string }[] }>({
  blocks: list(object({ user_id: text })),
});

export const rooms = object<{
  rooms: readonly RoomListing[];
  has_more: boolean;
  total_count: number;
}>({ rooms: list(d.roomListing), has_more: flag, total_count: optional(whole, 0) });
export const oneRoom = object<{ room: Room }>({ room: d.room });
export const roomDetail = object<{
  room: Room;
  membership?: Membership | undefined;
  member_count: number;
}>({ room: d.room, membership: optional(d.membership), member_count: optional(whole, 0) });
export const joined = object<{ room: Room; membership: Membership }>({
  room: d.room,
  membership: d.membership,
});
export const members = object<{ members: readonly Member[] }>({ members: list(d.member) });
export const bans = object<{ bans: readonly Ban[] }>({ bans: list(d.ban) });
export const invitations = object<{ invitations: readonly Invitation[] }>({
  invitations: list(d.invitation),
});

export const oneMessage = object<{ message: WireMessage }>({ message: d.message });
export const messagePage = object<{ messages: readonly WireMessage[]; has_more: boolean }>({
  messages: d.messages,
  has_more: flag,
});
export const readMark = object<{ conversation: string; read_seq: number }>({
  conversation: text,
  read_seq: whole,
});
