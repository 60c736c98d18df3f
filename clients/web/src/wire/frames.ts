// The frames that a server sends, as far as this client follows them.

import * as d from "./decode";
import type {
  ConversationKind,
  Invitation,
  LoginSession,
  Membership,
  Room,
  RoomRole,
  Target,
  User,
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
  parse,
  text,
  whole,
  word,
} from "./shape";

/** The reason of a refusal, in an answer or in an error frame. */
export interface WireError {
  readonly code: string;
  readonly message: string;
  readonly retry_after?: number | undefined;
}

/** Where one conversation stands, in an answer to resume. */
export interface ResumedConversation {
  readonly conversation: string;
  readonly kind: ConversationKind;
  readonly peer?: string | undefined;
  readonly seq: number;
  readonly after: number;
  readonly read_seq?: number | undefined;
  readonly left: boolean;
  readonly reset: boolean;
}

export interface Answer {
  readonly type: "answer";
  readonly command: string;
  readonly request_id: string;
  readonly success: boolean;
  readonly error?: WireError | undefined;
  /** The whole frame, for the decoder of the command. */
  readonly body: unknown;
}

export interface ResumeBody {
  readonly conversations: readonly ResumedConversation[];
  readonly user_seq: number;
  readonly user_reset: boolean;
  readonly more: boolean;
}

interface InConversation {
  readonly conversation: string;
  readonly seq: number;
}
interface InRoom extends InConversation {
  readonly room_id: string;
}
interface Own {
  readonly user_seq: number;
}

/** Events of a conversation, each with its place in it. */
export type ConversationEvent =
  | (InConversation & {
      readonly type: "message_received";
      readonly message: WireMessage;
      readonly author_username: string;
    })
  | (InConversation & { readonly type: "message_edited"; readonly message: WireMessage })
  | (InConversation & { readonly type: "message_deleted"; readonly message_id: string })
  | (InRoom & {
      readonly type: "user_joined_room";
      readonly user: User;
      readonly membership: Membership;
    })
  | (InRoom & {
      readonly type: "user_left_room";
      readonly user_id: string;
      readonly reason: string;
    })
  | (InRoom & {
      readonly type: "member_role_changed";
      readonly user_id: string;
      readonly username: string;
      readonly new_role: RoomRole;
    })
  | (InConversation & { readonly type: "room_updated"; readonly room: Room })
  | (InRoom & { readonly type: "room_deleted" })
  | (InRoom & {
      readonly type: "member_muted";
      readonly user_id: string;
      readonly until?: string | undefined;
    })
  | (InConversation & { readonly type: "other" });

/** Events of one's own sequence. */
export type OwnEvent =
  | (Own & { readonly type: "invitation_received"; readonly invitation: Invitation })
  | (Own & { readonly type: "invitation_changed"; readonly invitation: Invitation })
  | (Own & {
      readonly type: "conversation_added";
      readonly conversation: string;
      readonly kind: ConversationKind;
      readonly peer?: string | undefined;
      readonly first_seq: number;
    })
  | (Own & {
      readonly type: "read_marked";
      readonly conversation: string;
      readonly read_seq: number;
    })
  | (Own & { readonly type: "other_own" });

/** What is worth nothing later. */
export type PassingEvent =
  | { readonly type: "user_online"; readonly user_id: string; readonly username: string }
  | { readonly type: "user_offline"; readonly user_id: string; readonly username: string }
  | { readonly type: "user_typing"; readonly user_id: string; readonly target: Target }
  | { readonly type: "user_updated"; readonly user: User }
  | { readonly type: "server_notice"; readonly message: string; readonly severity: string }
  | { readonly type: "session_expiring"; readonly expires_at: string };

export type LinkFrame =
  | {
      readonly type: "server_hello";
      readonly version: string;
      readonly features: readonly string[];
    }
  | ({ readonly type: "error"; readonly request_id?: string | undefined } & WireError)
  | { readonly type: "pong" }
  | { readonly type: "reconnect"; readonly after_ms: number }
  | {
      readonly type: "reset";
      readonly conversation?: string | undefined;
      readonly seq: number;
    }
  | Answer
  /** A type that this version does not know, without a place in a sequence. */
  | { readonly type: "ignored" };

export type DurableEvent = ConversationEvent | OwnEvent;
export type Frame = LinkFrame | DurableEvent | PassingEvent;

const roomRole = word<RoomRole>(["member", "moderator", "owner"], "member");
const kind = word<ConversationKind>(["room", "dm"]);
const place = { conversation: text, seq: whole };
const inRoom = { ...place, room_id: text };
const own = { user_seq: whole };

const wireError = object<WireError>({
  code: text,
  message: optional(text, ""),
  retry_after: optional(whole),
});

/** The fields of each type but `type` itself. */
const bodies: Readonly<Record<string, Decoder<object>>> = {
  server_hello: object({ version: text, features: optional(list(text), []) }),
  error: object({
    code: text,
    message: optional(text, ""),
    retry_after: optional(whole),
    request_id: optional(text),
  }),
  pong: object({}),
  reconnect: object({ after_ms: optional(whole, 0) }),
  reset: object({ conversation: optional(text), seq: whole }),
  message_received: object({
    ...place,
    message: d.message,
    author_username: optional(text, ""),
  }),
  message_edited: object({ ...place, message: d.message }),
  message_deleted: object({ ...place, message_id: text }),
  user_joined_room: object({ ...inRoom, user: d.user, membership: d.membership }),
  user_left_room: object({ ...inRoom, user_id: text, reason: optional(text, "left") }),
  member_role_changed: object({
    ...inRoom,
    user_id: text,
    username: optional(text, ""),
    new_role: roomRole,
  }),
  room_updated: object({ ...place, room: d.room }),
  room_deleted: object({ ...inRoom }),
  member_muted: object({ ...inRoom, user_id: text, until: optional(text) }),
  invitation_received: object({ ...own, invitation: d.invitation }),
  invitation_changed: object({ ...own, invitation: d.invitation }),
  conversation_added: object({
    ...own,
    conversation: text,
    kind,
    peer: optional(text),
    first_seq: whole,
  }),
  read_marked: object({ ...own, conversation: text, read_seq: whole }),
  user_online: object({ user_id: text, username: optional(text, "") }),
  user_offline: object({ user_id: text, username: optional(text, "") }),
  user_typing: object({ user_id: text, target: d.target }),
  user_updated: object({ user: d.user }),
  server_notice: object({ message: text, severity: optional(text, "info") }),
  session_expiring: object({ expires_at: text }),
};

const resumedConversation = object<ResumedConversation>({
  conversation: text,
  kind,
  peer: optional(text),
  seq: whole,
  after: optional(whole, 0),
  read_seq: optional(whole),
  left: optional(flag, false),
  reset: optional(flag, false),
});

export const resumeBody: Decoder<ResumeBody> = object<ResumeBody>({
  conversations: list(resumedConversation),
  user_seq: whole,
  user_reset: optional(flag, false),
  more: optional(flag, false),
});

export const authenticateBody = object<{ user: User; session: LoginSession }>({
  user: d.user,
  session: d.loginSession,
});

export const sendBody = object<{ message: WireMessage }>({ message: d.message });

/**
 * Decodes one frame. What is no frame is bad. A frame of a type that is not known, or that is
 * broken, still counts in its sequence if it says where it stands: otherwise the same frame would
 * be asked for again for ever.
 */
export function decodeFrame(json: string): Frame | typeof bad {
  const raw = parse(json);
  if (!isObject(raw) || typeof raw.type !== "string") return bad;
  const type = raw.type;
  if (type.endsWith("_response")) return answer(type.slice(0, -"_response".length), raw);
  const decode = Object.hasOwn(bodies, type) ? bodies[type] : undefined;
  if (decode) {
    const body = decode(raw);
    if (body !== bad) return { type, ...body } as Frame;
  }
  if (typeof raw.conversation === "string" && isSeq(raw.seq)) {
    return { type: "other", conversation: raw.conversation, seq: raw.seq };
  }
  if (isSeq(raw.user_seq)) return { type: "other_own", user_seq: raw.user_seq };
  return decode ? bad : { type: "ignored" };
}

function answer(command: string, raw: Record<string, unknown>): Answer | typeof bad {
  const error = optional(wireError)(raw.error);
  if (typeof raw.success !== "boolean" || error === bad) {
    // key_exchange_response is none in this sense; a browser never asks for it.
    return bad;
  }
  if (!raw.success && error === undefined) return bad;
  return {
    type: "answer",
    command,
    request_id: typeof raw.request_id === "string" ? raw.request_id : "",
    success: raw.success,
    error,
    body: raw,
  };
}

const isSeq = (v: unknown): v is number => typeof v === "number" && whole(v) !== bad;
