import type { Accessor, Setter } from "solid-js";
import type { Rooms } from "../model";
import { conversation, type MockConversation } from "./conversations";
import { members } from "./members";
import { ME, uuid } from "./people";
import { fail, later } from "./waits";

const done = () => later();

/** The rooms of the mock: "taken" is taken, and only one that one is not in can be looked at. */
export function mockRooms(
  rooms: Accessor<readonly MockConversation[]>,
  setRooms: Setter<readonly MockConversation[]>,
  empty: boolean,
): Rooms {
  return {
    create: async (room) => {
      await later();
      if (room.name === "taken") throw fail("room_name_taken");
      const made = conversation({
        id: uuid(700),
        name: room.name,
        topic: room.description ?? "",
        role: "owner",
        lines: [],
      });
      setRooms((l) => [made, ...l]);
      return made;
    },
    search: async (q) => {
      await later(200);
      const extra = ["book club", "running", "board games"].map((name, i) => ({
        room: {
          id: uuid(800 + i),
          name,
          owner: uuid(103),
          settings: {
            description: i === 1 ? "Tuesdays at seven, all speeds." : "",
            is_private: false,
            max_members: i === 2 ? 4 : 0,
            moderated: false,
          },
          created_at: "2026-05-01T00:00:00Z",
        },
        member_count: i === 2 ? 4 : 7 + i,
        is_member: false,
      }));
      const mine = rooms().flatMap((c) =>
        c.room()
          ? [
              {
                room: c.room() as NonNullable<ReturnType<typeof c.room>>,
                member_count: 23,
                is_member: true,
              },
            ]
          : [],
      );
      const items = (empty ? [] : [...mine, ...extra]).filter((x) =>
        x.room.name.includes(q.toLowerCase()),
      );
      return { items, hasMore: items.length > 5, total: items.length };
    },
    read: async (id) => {
      await later(300);
      if (id !== uuid(801)) throw fail("room_not_found");
      return {
        room: {
          id,
          name: "running",
          owner: uuid(103),
          settings: {
            description: "Tuesdays at seven, all speeds.",
            is_private: false,
            max_members: 0,
            moderated: false,
          },
          created_at: "2026-05-01T00:00:00Z",
        },
        membership: undefined,
        memberCount: 8,
      };
    },
    join: async (id) => {
      await later();
      const made = conversation({ id, name: "running", lines: ["Welcome!"] });
      setRooms((l) => [made, ...l]);
      return made;
    },
    leave: async (id) => void setRooms((l) => l.filter((c) => c.id !== id)),
    update: done,
    remove: async (id) => void setRooms((l) => l.filter((c) => c.id !== id)),
    transfer: done,
    setRole: done,
    kick: done,
    mute: done,
    unmute: done,
    ban: done,
    unban: done,
    bans: async () => [
      {
        user_id: uuid(110),
        username: "felix",
        banned_by: ME.id,
        created_at: new Date().toISOString(),
      },
    ],
    invite: done,
    members,
  };
}
