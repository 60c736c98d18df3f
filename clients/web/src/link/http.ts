import { errorBody } from "../wire/bodies";
import { bad, type Decoder } from "../wire/shape";
import { Backoff } from "./backoff";
import { type Clock, sleep } from "./clock";
import {
  ApiError,
  asApiError,
  badAnswer,
  isLoginGone,
  isPassing,
  offline,
  timedOut,
} from "./error";

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;
type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Call {
  readonly query?: Query;
  readonly body?: unknown;
  /** The gateway is to keep the token in a cookie that no script can read. */
  readonly cookie?: boolean;
}

export interface HttpOptions {
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** A route said that there is no login. */
  readonly onLoginGone?: (code: string) => void;
}

// A little more than the server gives a request.
const deadline = 35_000;
const attempts = 3;

/** The HTTP API. Every method rejects with an ApiError and with nothing else. */
export class Http {
  constructor(private readonly options: HttpOptions) {}

  /** Reads; what fails for a moment is tried again. */
  async get<T>(path: string, decode: Decoder<T>, call: Call = {}): Promise<T> {
    const backoff = new Backoff(this.options.clock, 300, 2_000);
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once("GET", path, decode, call);
      } catch (e) {
        const error = asApiError(e);
        const wait = error.retryAfter ?? 0;
        const again = isPassing(error.code) && error.code !== "offline" && wait <= 5;
        if (!again || attempt === attempts) throw error;
        await sleep(this.options.clock, backoff.next(wait * 1000));
      }
    }
  }

  post<T>(path: string, decode: Decoder<T>, call: Call = {}): Promise<T> {
    return this.#once("POST", path, decode, call);
  }

  patch<T>(path: string, decode: Decoder<T>, call: Call = {}): Promise<T> {
    return this.#once("PATCH", path, decode, call);
  }

  put<T>(path: string, decode: Decoder<T>, call: Call = {}): Promise<T> {
    return this.#once("PUT", path, decode, call);
  }

  delete<T>(path: string, decode: Decoder<T>, call: Call = {}): Promise<T> {
    return this.#once("DELETE", path, decode, call);
  }

  async #once<T>(method: string, path: string, decode: Decoder<T>, call: Call): Promise<T> {
    const abort = new AbortController();
    let late = false;
    const cancel = this.options.clock.after(deadline, () => {
      late = true;
      abort.abort();
    });
    try {
      const url = `/api/v1${path}${search(call.query)}`;
      const response = await this.options.fetch(url, {
        method,
        headers: headers(call),
        credentials: "same-origin",
        cache: "no-store",
        redirect: "error",
        signal: abort.signal,
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      });
      return await this.#read(response, decode);
    } catch (e) {
      if (e instanceof ApiError) throw e;
      throw late ? timedOut() : offline();
    } finally {
      cancel();
    }
  }

  async #read<T>(response: Response, decode: Decoder<T>): Promise<T> {
    const text = await response.text();
    let json: unknown;
    try {
      json = text === "" ? undefined : JSON.parse(text);
    } catch {
      json = undefined;
    }
    if (!response.ok) {
      const error = refusal(response, json);
      if (response.status === 401 && isLoginGone(error.code)) {
        this.options.onLoginGone?.(error.code);
      }
      throw error;
    }
    const body = decode(json);
    if (body === bad) throw badAnswer();
    return body;
  }
}

function headers(call: Call): Record<string, string> {
  const out: Record<string, string> = { Accept: "application/json" };
  if (call.body !== undefined) out["Content-Type"] = "application/json";
  if (call.cookie) out["Lair-Session"] = "cookie";
  return out;
}

function search(query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") params.set(key, String(value));
  }
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}

// A proxy in between may answer without our envelope.
const codes: Readonly<Record<number, string>> = {
  401: "missing_token",
  404: "not_found",
  429: "rate_limited",
  502: "unavailable",
  503: "unavailable",
  504: "unavailable",
};

function refusal(response: Response, json: unknown): ApiError {
  const body = errorBody(json);
  const header = Number(response.headers.get("Retry-After") ?? Number.NaN);
  const known = body === bad ? undefined : body.error;
  const retry = known?.details.retry_after ?? (Number.isFinite(header) ? header : undefined);
  const code = known?.code ?? codes[response.status] ?? "bad_answer";
  return new ApiError(code, known?.message ?? response.statusText, response.status, retry);
}
