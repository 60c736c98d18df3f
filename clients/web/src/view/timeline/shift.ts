import type { Row } from "../../model";

const isMessage = (row: Row) => row.kind === "message";

/**
 * Whether rows came or went before those that stay, so that the list has to keep its place
 * from the end. Day lines move when older messages of the same day come: only messages count.
 */
export function shifted(before: readonly Row[], after: readonly Row[]): boolean {
  const at = before.findIndex(isMessage);
  if (at < 0) return false;
  const key = before[at]?.key;
  if (after[at]?.key === key) return false;
  const now = after.findIndex((row) => row.key === key);
  if (now >= 0) return now !== at;
  const first = after.find(isMessage)?.key;
  return first !== undefined && before.some((row) => row.key === first);
}
