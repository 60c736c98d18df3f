import { type Clock, longest } from "../link/clock";
import type { Http } from "../link/http";
import { bans, joined, nothing, oneRoom, roomDetail, rooms as roomsBody } from "../wire/bodies";
import type { Ban, Member, Membership, Room, RoomListing, RoomRole } from "../wire/objects";
import type { Conv } from "./conversation";
import { RoomMembers } from "./members";
import type { Persist } from "./persist";
import type { Pulse } from "./pulse";
import type { Registry } from "./registry";
import type { Page, RoomChange, Rooms } from "./types";
import type { Directory } from "./users";

export interface RoomsContext {
  readonly clock: Clock;
  readonly http: Http;
  readonly pulse: Pulse;
  readonly persist: Persist;
  readonly users: Directory;
  readonly registry: Registry;
  readonly me: () => string;
}

export class RoomList implements Rooms {
  #members = new Map<string, RoomMembers>();
  #detailed = new Map<string, number>();
  #unmute = new Map<string, () => void>();

  constructor(private readonly context: RoomsContext) {}

  async create(room: RoomChange & { readonly name: string }): Promise<Conv> {
    const body = await this.context.http.post("/rooms", oneRoom, { body: room });
    const conv = await this.context.registry.arrive(body.room.id);
    this.#take(conv, body.room);
    this.#role(conv, "owner");
    return conv;
  }

  async search(query: string, limit = 50, offset = 0): Promise<Page<RoomListing>> {
    const body = await this.context.http.get("/rooms", roomsBody, {
      query: { search: query, limit, offset },
    });
    return { items: body.rooms, hasMore: body.has_more, total: body.total_count };
  }

  async read(id: string) {
    const body = await this.context.http.get(`/rooms/${id}`, roomDetail);
    return { room: body.room, membership: body.membership, memberCount: body.member_count };
  }

  async join(id: string): Promise<Conv> {
    const body = await this.context.http.post(`/rooms/${id}/join`, joined);
    const conv = await this.context.registry.arrive(id);
    this.#take(conv, body.room);
    this.#mine(conv, body.membership);
    return conv;
  }

  async leave(id: string): Promise<void> {
    await this.context.http.post(`/rooms/${id}/leave`, nothing);
  }

  async update(id: string, change: RoomChange): Promise<void> {
    const body = await this.context.http.patch(`/rooms/${id}`, oneRoom, { body: change });
    const conv = this.context.registry.of(id);
    if (conv) this.#take(conv, body.room);
  }

  async remove(id: string): Promise<void> {
    await this.context.http.delete(`/rooms/${id}`, nothing);
  }

  async transfer(id: string, userId: string): Promise<void> {
    await this.context.http.post(`/rooms/${id}/transfer`, oneRoom, { body: { user_id: userId } });
  }

  async setRole(id: string, userId: string, role: RoomRole): Promise<void> {
    await this.context.http.put(`/rooms/${id}/members/${userId}/role`, nothing, { body: { role } });
  }

  async kick(id: string, userId: string): Promise<void> {
    await this.context.http.delete(`/rooms/${id}/members/${userId}`, nothing);
  }

  async mute(id: string, userId: string, until?: number): Promise<void> {
    const body = until === undefined ? undefined : { until: new Date(until).toISOString() };
    await this.context.http.put(`/rooms/${id}/members/${userId}/mute`, nothing, { body });
  }

  async unmute(id: string, userId: string): Promise<void> {
    await this.context.http.delete(`/rooms/${id}/members/${userId}/mute`, nothing);
  }

  async ban(id: string, userId: string): Promise<void> {
    await this.context.http.put(`/rooms/${id}/bans/${userId}`, nothing);
  }

  async unban(id: string, userId: string): Promise<void> {
    await this.context.http.delete(`/rooms/${id}/bans/${userId}`, nothing);
  }

  async bans(id: string): Promise<readonly Ban[]> {
    return (await this.context.http.get(`/rooms/${id}/bans`, bans)).bans;
  }

  async invite(id: string, userId: string): Promise<void> {
    await this.context.http.post("/invitations", nothing, {
      body: { room_id: id, user_id: userId },
    });
  }

  members(id: string): RoomMembers {
    let members = this.#members.get(id);
    if (!members) {
      const { http, pulse, users } = this.context;
      members = new RoomMembers(id, http, pulse, (list) => {
        for (const m of list) {
          users.hint(m.user_id, m.username);
          users.setOnline(m.user_id, m.is_online);
        }
        const conv = this.context.registry.of(id);
        const mine = list.find((m) => m.user_id === this.context.me());
        if (conv && mine) this.#mine(conv, mine);
      });
      this.#members.set(id, members);
    }
    return members;
  }

  /** Reads what a room is and what one is in it, once and after each time that it may have changed. */
  async detail(conv: Conv): Promise<void> {
    if (conv.kind !== "room" || this.#detailed.get(conv.id) === conv.epoch) return;
    this.#detailed.set(conv.id, conv.epoch);
    try {
      const body = await this.context.http.get(`/rooms/${conv.id}`, roomDetail);
      this.#take(conv, body.room);
      if (body.membership) this.#mine(conv, body.membership);
    } catch {
      this.#detailed.delete(conv.id);
    }
  }

  /** Reads the rooms that one is in, where something about them is not known. */
  async refresh(): Promise<void> {
    const unsure = () =>
      [...this.context.registry.all()].filter((c) => c.kind === "room" && c.active && c.unsure);
    for (let offset = 0; unsure().length > 0; offset += 100) {
      const body = await this.context.http.get("/rooms", roomsBody, {
        query: { joined_only: true, limit: 100, offset },
      });
      for (const { room } of body.rooms) {
        const conv = this.context.registry.of(room.id);
        if (conv) this.#take(conv, room);
      }
      if (!body.has_more) return;
    }
  }

  // ---- what events say ----

  updated(conv: Conv, room: Room): void {
    this.#take(conv, room);
  }

  joined(conv: Conv, member: Member): void {
    this.#members.get(conv.id)?.put(member);
    // Whether one is still muted is said by the list of members only.
    if (member.user_id === this.context.me()) this.#role(conv, member.role);
  }

  left(conv: Conv, userId: string): void {
    this.#members.get(conv.id)?.remove(userId);
  }

  roleChanged(conv: Conv, userId: string, role: RoomRole): void {
    this.#members.get(conv.id)?.change(userId, { role });
    if (userId === this.context.me()) this.#role(conv, role);
  }

  muted(conv: Conv, userId: string, until: string | undefined): void {
    this.#members.get(conv.id)?.change(userId, { muted_until: until });
    if (userId === this.context.me()) this.#muteMe(conv, until);
  }

  /** Events were skipped. */
  refreshMembers(conv: Conv): void {
    this.#members.get(conv.id)?.refresh();
  }

  clear(): void {
    for (const cancel of this.#unmute.values()) cancel();
    this.#unmute.clear();
    this.#members.clear();
    this.#detailed.clear();
  }

  #take(conv: Conv, room: Room): void {
    conv.unsure = false;
    conv.setRoom(room);
    this.context.persist.mark(conv);
  }

  #mine(conv: Conv, mine: Membership | Member): void {
    this.#role(conv, mine.role);
    if ("is_online" in mine) this.#muteMe(conv, mine.muted_until);
  }

  #role(conv: Conv, role: RoomRole): void {
    conv.setRole(role);
    this.context.persist.mark(conv);
  }

  #muteMe(conv: Conv, until: string | undefined): void {
    this.#unmute.get(conv.id)?.();
    this.#unmute.delete(conv.id);
    const end = until === undefined ? 0 : Date.parse(until);
    const left = end - this.context.clock.now();
    conv.setMutedUntil(left > 0 ? end : undefined);
    this.context.persist.mark(conv);
    if (left > 0 && left < longest) {
      this.#unmute.set(
        conv.id,
        this.context.clock.after(left, () => conv.setMutedUntil(undefined)),
      );
    }
  }
}
