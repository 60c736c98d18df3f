/** A refusal of the server, or the lack of an answer. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly code: string,
    message: string,
    /** The status of HTTP, 0 if there was no answer or it came over the socket. */
    readonly status = 0,
    readonly retryAfter?: number | undefined,
  ) {
    super(message);
  }
}

export const offline = () => new ApiError("offline", "the server cannot be reached");
export const timedOut = () => new ApiError("timeout", "the server did not answer in time");
export const badAnswer = () => new ApiError("bad_answer", "the answer makes no sense");

/** Whatever was thrown as an ApiError. */
export function asApiError(e: unknown): ApiError {
  return e instanceof ApiError ? e : new ApiError("internal_error", String(e));
}

const passing = new Set([
  ..."offline timeout lost busy unavailable peer_refused rate_limited".split(" "),
  "too_many_connections",
]);

/** Whether the same may go well later. */
export const isPassing = (code: string): boolean => passing.has(code);

const ended = new Set([
  ..."missing_token invalid_format invalid_token invalid_claims token_expired".split(" "),
  ..."session_not_found session_expired session_revoked".split(" "),
]);

/** Whether the code says that there is no login (any more). */
export const isLoginGone = (code: string): boolean => ended.has(code);
