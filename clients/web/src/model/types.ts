// What the views see of the model. Every Accessor is a Solid signal: read it in JSX or in an effect
// and it is followed. Nothing here touches the DOM; lists keep the identity of entries that did not
// change, so that <For> re-renders only what did.

import type {
  Ban,
  ConversationKind,
  Invitation,
  Login,
  Member,
  Membership,
  Room,
  RoomListing,
  RoomRole,
  User,
  UserListing,
} from "../wire/objects";

export type Accessor<T> = () => T;

/** A refusal of the server, or the lack of one. Actions of the model reject with it. */
export interface Failure {
  /** Stable: a code of docs/http.md and docs/protocol.md, or "offline", "timeout", "bad_answer". */
  readonly code: string;
  /** For people, in English; views translate by code and fall back on this. */
  readonly message: string;
  /** The status of HTTP, 0 without an answer. */
  readonly status: number;
  /** Seconds until it is worth another try. */
  readonly retryAfter?: number | undefined;
}

// ---- session ----

export type SessionState =
  /** It is not known yet whether there is a login: show nothing but the frame of the page. */
  | { readonly kind: "starting" }
  /** Show the login. `why` says what happened if there was a login before. */
  | {
      readonly kind: "out";
      readonly why?: "logout" | "expired" | "revoked" | "deleted" | undefined;
    }
  | { readonly kind: "in"; readonly user: User };

export interface Session {
  readonly state: Accessor<SessionState>;
  /** Oneself; undefined unless state is "in". */
  readonly me: Accessor<User | undefined>;
  /** Set when the login ends within ten minutes and could not be extended: when it ends (ms). */
  readonly expiring: Accessor<number | undefined>;
  register(username: string, email: string, password: string): Promise<void>;
  login(identifier: string, password: string): Promise<void>;
  /** Ends the login and wipes what is stored on this device, in every tab. Works offline, too. */
  logout(): Promise<void>;
  /** Extends the login now; the model does that by itself in time. */
  refresh(): Promise<void>;
  changePassword(current: string, next: string): Promise<void>;
  resetPassword(token: string, next: string): Promise<void>;
  updateProfile(change: { email?: string; displayName?: string }): Promise<void>;
  deleteAccount(password: string): Promise<void>;
}

/** One's own logins, for the settings. */
export interface Logins {
  readonly list: Accessor<readonly Login[]>;
  readonly status: Accessor<LoadStatus>;
  load(): Promise<void>;
  revoke(id: string): Promise<void>;
  revokeOthers(): Promise<void>;
}

// ---- connection ----

export type Connection =
  /** Live: what is shown is what is. */
  | { readonly kind: "live" }
  /** A connection is being made, or what was missed is being read. */
  | { readonly kind: "connecting"; readonly attempt: number }
  /** Waiting for the next attempt at `retryAt` (ms); reconnect() does not wait. */
  | { readonly kind: "waiting"; readonly retryAt: number; readonly code: string }
  /** The browser says that there is no network. */
  | { readonly kind: "offline" }
  /** Over until the page is loaded anew: the server speaks another version. */
  | { readonly kind: "outdated" }
  /** Not logged in. */
  | { readonly kind: "idle" };

// ---- conversations ----

/** What desktop notifications and badges are for, set on this device. */
export type Notify = "all" | "mentions" | "none";

export type Presence = "active" | "left" | "kicked" | "banned" | "deleted" | "unbegun";

/** A room or a talk of two. The object stays the same as long as the conversation is known. */
export interface Conversation {
  readonly id: string;
  readonly kind: ConversationKind;
  /** The other one of a dm (oneself in a talk to oneself). */
  readonly peer?: string | undefined;
  /** Name of the room, or display name of the other one. Empty until it is known. */
  readonly name: Accessor<string>;
  readonly topic: Accessor<string>;
  readonly room: Accessor<Room | undefined>;
  /** "unbegun" is a dm without messages. One may send only if "active" or "unbegun". */
  readonly presence: Accessor<Presence>;
  /** Messages of others behind the read mark; 1,000 stands for that many or more. */
  readonly unread: Accessor<number>;
  /** Those of them that name me; in a dm all of them. */
  readonly mentions: Accessor<number>;
  /** Time of the newest message (ms), 0 if there is none. Sort by it. */
  readonly lastActivity: Accessor<number>;
  /** The newest message, for a line below the name. */
  readonly lastMessage: Accessor<Message | undefined>;
  readonly notify: Accessor<Notify>;
  readonly draft: Accessor<string>;
  /** Who is typing now, ids, never oneself. */
  readonly typing: Accessor<readonly string[]>;
  /** Waiting and failed sends. */
  readonly unsent: Accessor<number>;
  /** My role in the room, undefined in a dm and for who is no member. */
  readonly role: Accessor<RoomRole | undefined>;
  /** I may not send until then (ms); undefined if I may. */
  readonly mutedUntil: Accessor<number | undefined>;
  /** False while only moderators may speak, while I am muted, and when I am no member. */
  readonly maySend: Accessor<boolean>;
}

export interface Conversations {
  /** Rooms that I am in, by last activity. */
  readonly rooms: Accessor<readonly Conversation[]>;
  /** Talks of two that have begun or have a draft or are open, by last activity. */
  readonly dms: Accessor<readonly Conversation[]>;
  /** False until the first list is here: show skeletons. */
  readonly ready: Accessor<boolean>;
  /** Reactive; undefined if it is not known (a 404, or not loaded yet: see ready). */
  get(id: string): Conversation | undefined;
  /** The talk with a user, made on the spot if it has not begun. */
  dm(userId: string): Conversation;
  /** All unread messages that should call me: dms and mentions, and all where notify is "all". */
  readonly badge: Accessor<number>;
  /** Rooms and users among those known here, best first, for the quick switcher. */
  search(query: string, limit?: number): readonly SearchHit[];
  /** Keeps a draft: per conversation, on this device, in all tabs. */
  setDraft(id: string, text: string): void;
  setNotify(id: string, notify: Notify): void;
  /** Say it with each key press; it is throttled here. */
  sayTyping(id: string): void;
  /** Marks all of it as read. */
  markRead(id: string): void;
}

export type SearchHit =
  | { readonly kind: "conversation"; readonly conversation: Conversation }
  | { readonly kind: "user"; readonly user: User };

// ---- messages ----

export type MessageState =
  | { readonly kind: "stored" }
  /** On its way. */
  | { readonly kind: "sending" }
  /** Waits for the network, or until `retryAt` (ms) because of a limit. */
  | {
      readonly kind: "queued";
      readonly retryAt?: number | undefined;
      readonly why?: string | undefined;
    }
  /** Refused; retry or drop it. */
  | { readonly kind: "failed"; readonly error: Failure };

export interface Message {
  /** The same from the first key press of "send" to the stored message, on this device. */
  readonly key: string;
  /** The id of the server; empty until it is stored. */
  readonly id: string;
  /** 0 until it is stored. */
  readonly seq: number;
  readonly conversation: string;
  readonly author: string;
  readonly content: string;
  readonly createdAt: number;
  readonly edited: boolean;
  readonly own: boolean;
  /** Names me (@username, @all or @room). */
  readonly mentionsMe: boolean;
  readonly state: MessageState;
  /** An edit or deletion of it is on its way. */
  readonly changing?: "edit" | "delete" | undefined;
}

export type Row =
  | {
      readonly kind: "day";
      readonly key: string /** Midnight, local time (ms). */;
      readonly day: number;
    }
  | { readonly kind: "unread"; readonly key: string }
  /** There is nothing before: greet, or say that the room begins here. */
  | { readonly kind: "start"; readonly key: string }
  | MessageRow;

/** The row stays the same object while its message changes. */
export interface MessageRow {
  readonly kind: "message";
  readonly key: string;
  readonly message: Accessor<Message>;
  /** Same author, same day, within five minutes: leave out name and avatar. */
  readonly continued: Accessor<boolean>;
}

export type LoadStatus = "idle" | "loading" | "ready" | "failed";

/** A window on the messages of a conversation: the newest end, or a place in the past. */
export interface Timeline {
  readonly conversation: string;
  readonly status: Accessor<LoadStatus>;
  readonly failure: Accessor<Failure | undefined>;
  /** Oldest first, with the lines between. */
  readonly rows: Accessor<readonly Row[]>;
  readonly hasOlder: Accessor<boolean>;
  readonly hasNewer: Accessor<boolean>;
  readonly loadingOlder: Accessor<boolean>;
  readonly loadingNewer: Accessor<boolean>;
  /** Reaches to the newest message: new ones appear at the end. */
  readonly live: Accessor<boolean>;
  loadOlder(): Promise<void>;
  loadNewer(): Promise<void>;
  /** Shows the place around a seq; resolves with the key of the row to scroll to, if there is one. */
  jumpTo(seq: number): Promise<string | undefined>;
  jumpToNewest(): Promise<void>;
  /** Say whether the newest message can be seen; the model sends read marks while it can. */
  setAtEnd(visible: boolean): void;
  /** Try again after status "failed". */
  retry(): Promise<void>;
  /** Puts the unread line where the read mark is now; done by itself when the timeline is opened. */
  placeUnreadLine(): void;
  /** The view has gone. */
  close(): void;
}

export interface Messages {
  /** The timeline of a conversation; call close() when it is no longer shown. */
  open(conversation: string): Timeline;
  /** Shows the message at once; it goes out when it can, also after a reload. */
  send(conversation: string, content: string): void;
  /** Tries a failed send again. */
  retry(key: string): void;
  /** Forgets a failed or queued send. */
  drop(key: string): void;
  edit(message: Message, content: string): Promise<void>;
  remove(message: Message): Promise<void>;
  /** The newest own stored message here, for "arrow up edits". */
  lastOwn(conversation: string): Message | undefined;
}

/** A message that calls for a desktop notification or a sound. */
export interface Alert {
  readonly conversation: Conversation;
  readonly message: Message;
  readonly authorName: string;
}

// ---- people ----

export interface Users {
  /** Reactive; asks the server if the user is not known, and is undefined until it answers. */
  get(id: string): User | undefined;
  /** Reactive; display name, else user name, else "". */
  name(id: string): string;
  /** Reactive. */
  online(id: string): boolean;
  /** Users whose name has the text, from the server. */
  search(query: string, limit?: number, offset?: number): Promise<Page<UserListing>>;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly hasMore: boolean;
  readonly total: number;
}

export interface Blocks {
  readonly list: Accessor<readonly string[]>;
  /** Reactive. */
  has(userId: string): boolean;
  load(): Promise<void>;
  add(userId: string): Promise<void>;
  remove(userId: string): Promise<void>;
}

// ---- rooms ----

export interface RoomChange {
  readonly name?: string;
  readonly description?: string;
  readonly settings?: {
    readonly public?: boolean;
    /** 0 takes the limit away. */
    readonly max_members?: number;
    readonly moderated?: boolean;
  };
}

export interface Rooms {
  create(room: RoomChange & { readonly name: string }): Promise<Conversation>;
  /** The directory: public rooms and my own. */
  search(query: string, limit?: number, offset?: number): Promise<Page<RoomListing>>;
  /** A room that I may not be in, for its preview. */
  read(
    id: string,
  ): Promise<{ room: Room; membership: Membership | undefined; memberCount: number }>;
  join(id: string): Promise<Conversation>;
  leave(id: string): Promise<void>;
  update(id: string, change: RoomChange): Promise<void>;
  remove(id: string): Promise<void>;
  transfer(id: string, userId: string): Promise<void>;
  setRole(id: string, userId: string, role: RoomRole): Promise<void>;
  kick(id: string, userId: string): Promise<void>;
  /** Until a time (ms), or for good. */
  mute(id: string, userId: string, until?: number): Promise<void>;
  unmute(id: string, userId: string): Promise<void>;
  ban(id: string, userId: string): Promise<void>;
  unban(id: string, userId: string): Promise<void>;
  bans(id: string): Promise<readonly Ban[]>;
  invite(id: string, userId: string): Promise<void>;
  /** Members with roles, read when asked for first, then kept by events. */
  members(id: string): Members;
}

export interface Members {
  /** Owners, moderators, members, each by the time of joining. */
  readonly list: Accessor<readonly Member[]>;
  readonly status: Accessor<LoadStatus>;
  load(): Promise<void>;
}

export interface Invitations {
  /** My pending ones, the newest first. */
  readonly pending: Accessor<readonly Invitation[]>;
  accept(id: string): Promise<Conversation>;
  decline(id: string): Promise<void>;
}

// ---- the rest ----

export interface Notice {
  readonly id: string;
  readonly severity: "info" | "warning" | "critical";
  /** Set for notices of this client: "storage_failed" (private mode, disk full); else from the server. */
  readonly code?: string | undefined;
  readonly text: string;
  readonly at: number;
}

export interface Notices {
  readonly list: Accessor<readonly Notice[]>;
  dismiss(id: string): void;
}

export interface Model {
  readonly session: Session;
  readonly logins: Logins;
  readonly connection: Accessor<Connection>;
  readonly conversations: Conversations;
  readonly messages: Messages;
  readonly users: Users;
  readonly blocks: Blocks;
  readonly rooms: Rooms;
  readonly invitations: Invitations;
  readonly notices: Notices;
  /** Called with each message that asks for attention; returns how to stop. */
  onAlert(listener: (alert: Alert) => void): () => void;
  /** Connects at once instead of waiting. */
  reconnect(): void;
  /** Finds out whether there is a login and connects. */
  start(): void;
  /** Ends everything: for tests and hot reload. */
  stop(): void;
}
