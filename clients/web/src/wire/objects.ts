// The objects that HTTP bodies and frames share, as docs/protocol.md and docs/http.md have them.
// Fields that this client has no use for are left out; a decoder ignores what it does not know.

export type SystemRole = "user" | "moderator" | "admin";
export type RoomRole = "member" | "moderator" | "owner";
export type ConversationKind = "room" | "dm";

export interface User {
  readonly id: string;
  readonly username: string;
  /** Empty for everybody but oneself, unless one is an administrator. */
  readonly email: string;
  readonly role: SystemRole;
  readonly created_at: string;
  readonly display_name?: string | undefined;
}

export interface LoginSession {
  readonly id: string;
  readonly expires_at: string;
}

export interface RoomSettings {
  readonly description: string;
  readonly is_private: boolean;
  /** 0 if there is no limit. */
  readonly max_members: number;
  /** Only moderators and owners may send. */
  readonly moderated: boolean;
}

export interface Room {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly settings: RoomSettings;
  readonly created_at: string;
}

export interface Membership {
  readonly room_id: string;
  readonly user_id: string;
  readonly role: RoomRole;
  readonly joined_at: string;
}

export interface Member {
  readonly user_id: string;
  readonly username: string;
  readonly role: RoomRole;
  readonly joined_at: string;
  readonly muted_until?: string | undefined;
  readonly is_online: boolean;
}

export interface Ban {
  readonly user_id: string;
  readonly username: string;
  readonly banned_by: string;
  readonly created_at: string;
}

export type InvitationStatus = "pending" | "accepted" | "declined" | "cancelled" | "expired";

export interface Invitation {
  readonly id: string;
  readonly room_id: string;
  readonly room_name: string;
  readonly inviter_id: string;
  readonly inviter_name: string;
  readonly invitee_id: string;
  readonly invitee_name: string;
  readonly status: InvitationStatus;
  readonly created_at: string;
  readonly expires_at: string;
}

/** One login of the user, as the list of sessions shows it. */
export interface Login {
  readonly id: string;
  readonly created_at: string;
  readonly expires_at: string;
  readonly user_agent: string;
  readonly address: string;
  readonly current: boolean;
}

export interface RoomListing {
  readonly room: Room;
  readonly member_count: number;
  readonly is_member: boolean;
}

export interface UserListing {
  readonly user: User;
  readonly online: boolean;
}

export type Target =
  | { readonly type: "room"; readonly room_id: string }
  | { readonly type: "dm"; readonly recipient: string };

export interface WireMessage {
  readonly id: string;
  readonly author: string;
  readonly target: Target;
  readonly content: string;
  readonly edited: boolean;
  readonly deleted: boolean;
  readonly created_at: string;
  readonly conversation: string;
  readonly seq: number;
  readonly client_msg_id?: string | undefined;
}
