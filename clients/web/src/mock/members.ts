import type { Member, Members, RoomRole } from "../model";
import { ONLINE, USERS } from "./people";

const role = (i: number): RoomRole => (i === 0 ? "owner" : i < 3 ? "moderator" : "member");

const LIST: readonly Member[] = USERS.map((u, i) => ({
  user_id: u.id,
  username: u.username,
  role: role(i),
  joined_at: u.created_at,
  is_online: ONLINE.has(u.id),
  ...(i === 5 ? { muted_until: new Date(Date.now() + 3e6).toISOString() } : {}),
}));

const here: Members = { list: () => LIST, status: () => "ready", load: async () => {} };

export const members = (): Members => here;
