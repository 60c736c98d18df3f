/** What the end of a connection means for the next one. */
export type Ending =
  | { readonly kind: "again"; readonly least: number; readonly backoff: boolean }
  /** The login is over. */
  | { readonly kind: "login"; readonly why: "expired" | "revoked" }
  /** Another client is needed. */
  | { readonly kind: "outdated" };

const again = (least: number, backoff = true): Ending => ({ kind: "again", least, backoff });

// The table of docs/protocol.md. A code of the error frame before the close says the same.
const byCode: Readonly<Record<string, Ending>> = {
  going_away: again(0, false),
  moved: again(0, false),
  hole: again(0),
  slow_reader: again(0),
  timeout: again(0),
  lost: again(0),
  unavailable: again(2_000),
  too_many_connections: again(15_000),
  protocol_error: again(30_000),
  invalid_utf8: again(30_000),
  frame_too_large: again(30_000),
  session_revoked: { kind: "login", why: "revoked" },
  session_expired: { kind: "login", why: "expired" },
  version_mismatch: { kind: "outdated" },
};

const byClose: Readonly<Record<number, string>> = {
  1001: "going_away",
  1002: "protocol_error",
  1007: "invalid_utf8",
  1009: "frame_too_large",
  4000: "slow_reader",
  4001: "timeout",
  4002: "unavailable",
  4003: "too_many_connections",
  4100: "session_revoked",
  4101: "session_expired",
  4102: "version_mismatch",
};

/** The code of an end: from the last error frame, if it is one of these, or from the close. */
export function endCode(close: number, lastError: string | undefined): string {
  const named = byClose[close];
  if (named) return named;
  if (lastError !== undefined && Object.hasOwn(byCode, lastError)) return lastError;
  return "lost";
}

export function ending(code: string, close: number): Ending {
  if (Object.hasOwn(byCode, code) && byCode[code]) {
    if (code !== "lost") return byCode[code];
  }
  // 4100 to 4199: not before the reason is gone, and no code of this range is known but these.
  if (close >= 4100 && close < 4200) return { kind: "login", why: "revoked" };
  return again(0);
}
