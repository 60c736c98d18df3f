import { type Accessor, createSignal } from "solid-js";
import { ApiError } from "../link/error";
import type { Http } from "../link/http";
import { blocks as blocksBody, invitations, joined, logins, nothing } from "../wire/bodies";
import type { Invitation, Login } from "../wire/objects";
import type { Blocks, Conversation, Invitations, LoadStatus, Logins } from "./types";

/** The invitations that wait for an answer. */
export class InvitationList implements Invitations {
  readonly pending: Accessor<readonly Invitation[]>;
  #set: (change: (before: readonly Invitation[]) => readonly Invitation[]) => void;
  #changed: Map<string, Invitation> | undefined;

  constructor(
    private readonly http: Http,
    private readonly me: () => string,
    private readonly arrive: (room: string) => Promise<Conversation>,
  ) {
    const [pending, set] = createSignal<readonly Invitation[]>([]);
    this.pending = pending;
    this.#set = set;
  }

  /** An event says how an invitation is now. Inviters hear of it, too. */
  put(invitation: Invitation): void {
    this.#changed?.set(invitation.id, invitation);
    if (invitation.invitee_id !== this.me()) return;
    const open = invitation.status === "pending" ? [invitation] : [];
    this.#set((before) => [...open, ...before.filter((i) => i.id !== invitation.id)]);
  }

  async load(): Promise<void> {
    const changed = new Map<string, Invitation>();
    this.#changed = changed;
    const body = await this.http.get("/invitations", invitations);
    this.#set(() => body.invitations);
    for (const invitation of changed.values()) this.put(invitation);
    if (this.#changed === changed) this.#changed = undefined;
  }

  async accept(id: string): Promise<Conversation> {
    const body = await this.http.post(`/invitations/${id}/accept`, joined);
    this.#remove(id);
    return this.arrive(body.room.id);
  }

  async decline(id: string): Promise<void> {
    await this.http.post(`/invitations/${id}/decline`, nothing);
    this.#remove(id);
  }

  #remove(id: string): void {
    this.#set((before) => before.filter((i) => i.id !== id));
  }

  clear(): void {
    this.#set(() => []);
  }
}

/** One's own logins, read when the settings show them. */
export class LoginList implements Logins {
  readonly list: Accessor<readonly Login[]>;
  readonly status: Accessor<LoadStatus>;
  #setList: (list: readonly Login[]) => void;
  #setStatus: (status: LoadStatus) => void;

  constructor(private readonly http: Http) {
    const [list, setList] = createSignal<readonly Login[]>([]);
    const [status, setStatus] = createSignal<LoadStatus>("idle");
    this.list = list;
    this.status = status;
    this.#setList = setList;
    this.#setStatus = setStatus;
  }

  async load(): Promise<void> {
    if (this.status() !== "ready") this.#setStatus("loading");
    try {
      const body = await this.http.get("/sessions", logins);
      this.#setList(body.sessions);
      this.#setStatus("ready");
    } catch (e) {
      this.#setStatus("failed");
      throw e;
    }
  }

  async revoke(id: string): Promise<void> {
    await this.http.delete(`/sessions/${id}`, nothing);
    this.#setList(this.list().filter((login) => login.id !== id));
  }

  async revokeOthers(): Promise<void> {
    await this.http.delete("/sessions", nothing);
    this.#setList(this.list().filter((login) => login.current));
  }

  clear(): void {
    this.#setList([]);
    this.#setStatus("idle");
  }
}

/** Whom one blocks. */
export class BlockList implements Blocks {
  readonly list: Accessor<readonly string[]>;
  #set: (ids: readonly string[]) => void;

  constructor(
    private readonly http: Http,
    private readonly onChange: (ids: readonly string[]) => void,
  ) {
    const [list, set] = createSignal<readonly string[]>([]);
    this.list = list;
    this.#set = set;
  }

  has(userId: string): boolean {
    return this.list().includes(userId);
  }

  async load(): Promise<void> {
    try {
      const body = await this.http.get("/users/me/blocks", blocksBody);
      this.#change(body.blocks.map((b) => b.user_id));
    } catch (e) {
      // A server without this route: what this device knows stays.
      if (e instanceof ApiError && (e.status === 404 || e.status === 405)) return;
      throw e;
    }
  }

  async add(userId: string): Promise<void> {
    await this.http.put(`/users/me/blocks/${userId}`, nothing);
    this.#change([userId, ...this.list().filter((id) => id !== userId)]);
  }

  async remove(userId: string): Promise<void> {
    await this.http.delete(`/users/me/blocks/${userId}`, nothing);
    this.#change(this.list().filter((id) => id !== userId));
  }

  /** From the store or another tab. */
  restore(ids: readonly string[]): void {
    this.#set(ids);
  }

  #change(ids: readonly string[]): void {
    this.#set(ids);
    this.onChange(ids);
  }
}
