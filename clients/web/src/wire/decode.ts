import type {
  Ban,
  Invitation,
  Login,
  LoginSession,
  Member,
  Membership,
  Room,
  RoomListing,
  RoomRole,
  RoomSettings,
  Target,
  User,
  UserListing,
  WireMessage,
} from "./objects";
import {
  bad,
  type Decoder,
  flag,
  isObject,
  list,
  object,
  optional,
  text,
  whole,
  word,
} from "./shape";

const roomRole = word<RoomRole>(["member", "moderator", "owner"], "member");

export const user: Decoder<User> = object<User>({
  id: text,
  username: text,
  email: optional(text, ""),
  role: word(["user", "moderator", "admin"], "user"),
  created_at: optional(text, ""),
  display_name: optional(text),
});

export const loginSession: Decoder<LoginSession> = object({ id: text, expires_at: text });

const settings = object<RoomSettings>({
  description: optional(text, ""),
  is_private: optional(flag, false),
  max_members: optional(whole, 0),
  moderated: optional(flag, false),
});

export const room: Decoder<Room> = object<Room>({
  id: text,
  name: text,
  owner: text,
  settings: optional(settings, {
    description: "",
    is_private: false,
    max_members: 0,
    moderated: false,
  }),
  created_at: text,
});

export const membership: Decoder<Membership> = object<Membership>({
  room_id: text,
  user_id: text,
  role: roomRole,
  joined_at: text,
});

export const member: Decoder<Member> = object<Member>({
  user_id: text,
  username: text,
  role: roomRole,
  joined_at: text,
  muted_until: optional(text),
  is_online: optional(flag, false),
});

export const ban: Decoder<Ban> = object<Ban>({
  user_id: text,
  username: optional(text, ""),
  banned_by: optional(text, ""),
  created_at: text,
});

export const invitation: Decoder<Invitation> = object<Invitation>({
  id: text,
  room_id: text,
  room_name: optional(text, ""),
  inviter_id: text,
  inviter_name: optional(text, ""),
  invitee_id: text,
  invitee_name: optional(text, ""),
  status: word(["pending", "accepted", "declined", "cancelled", "expired"], "expired"),
  created_at: text,
  expires_at: text,
});

export const login: Decoder<Login> = object<Login>({
  id: text,
  created_at: text,
  expires_at: text,
  user_agent: optional(text, ""),
  address: optional(text, ""),
  current: optional(flag, false),
});

export const roomListing: Decoder<RoomListing> = object<RoomListing>({
  room,
  member_count: optional(whole, 0),
  is_member: optional(flag, false),
});

export const userListing: Decoder<UserListing> = object<UserListing>({
  user,
  online: optional(flag, false),
});

export const target: Decoder<Target> = (v) => {
  if (!isObject(v)) return bad;
  if (v.type === "room" && typeof v.room_id === "string") {
    return { type: "room", room_id: v.room_id };
  }
  if ((v.type === "dm" || v.type === "direct_message") && typeof v.recipient === "string") {
    return { type: "dm", recipient: v.recipient };
  }
  return bad;
};

export const message: Decoder<WireMessage> = object<WireMessage>({
  id: text,
  author: text,
  target,
  content: optional(text, ""),
  edited: optional(flag, false),
  deleted: optional(flag, false),
  created_at: text,
  conversation: text,
  seq: whole,
  client_msg_id: optional(text),
});

export const messages: Decoder<readonly WireMessage[]> = list(message);
