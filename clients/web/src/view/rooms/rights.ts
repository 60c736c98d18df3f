import type { RoomRole } from "../../model";

export type Governing = "promote" | "demote" | "mute" | "kick" | "ban" | "transfer" | "own";

/**
 * What somebody with a role may do to a member with another one. It only decides what is
 * offered: the server decides what is done.
 */
export function rights(
  mine: RoomRole | undefined,
  theirs: RoomRole,
  self: boolean,
): ReadonlySet<Governing> {
  const out = new Set<Governing>();
  if (self || (mine !== "owner" && mine !== "moderator")) return out;
  if (mine === "owner" || theirs === "member") {
    out.add("mute");
    out.add("kick");
    out.add("ban");
  }
  if (mine !== "owner") return out;
  if (theirs === "member") out.add("promote");
  if (theirs !== "member") out.add("demote");
  if (theirs !== "owner") {
    out.add("own");
    out.add("transfer");
  }
  return out;
}
