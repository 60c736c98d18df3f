// Small decoders for values of JSON. They never throw: what does not fit is `bad`.

export const bad: unique symbol = Symbol("bad");
export type Decoder<T> = (value: unknown) => T | typeof bad;
type Fields<T> = { readonly [K in keyof T]-?: Decoder<T[K]> };

export const text: Decoder<string> = (v) => (typeof v === "string" ? v : bad);
export const flag: Decoder<boolean> = (v) => (typeof v === "boolean" ? v : bad);
/** A count or a seq: a whole number from nought up. */
export const whole: Decoder<number> = (v) =>
  typeof v === "number" && Number.isSafeInteger(v) && v >= 0 ? v : bad;

/** A field that may be absent or null, which is the same. */
export function optional<T>(of: Decoder<T>): Decoder<T | undefined>;
export function optional<T>(of: Decoder<T>, fallback: T): Decoder<T>;
export function optional<T>(of: Decoder<T>, fallback?: T): Decoder<T | undefined> {
  return (v) => (v === undefined || v === null ? fallback : of(v));
}

/** One of some words. A word of a later version becomes `other`, if there is one. */
export function word<const T extends string>(words: readonly T[], other?: T): Decoder<T> {
  return (v) => {
    if (typeof v !== "string") return bad;
    return words.find((w) => w === v) ?? other ?? bad;
  };
}

export function list<T>(of: Decoder<T>): Decoder<readonly T[]> {
  return (v) => {
    if (!Array.isArray(v)) return bad;
    const out: T[] = [];
    for (const item of v) {
      const one = of(item);
      if (one === bad) return bad;
      out.push(one);
    }
    return out;
  };
}

export function dictionary<T>(of: Decoder<T>): Decoder<Readonly<Record<string, T>>> {
  return (v) => {
    if (!isObject(v)) return bad;
    const out: Record<string, T> = {};
    for (const [key, item] of Object.entries(v)) {
      const one = of(item);
      if (one === bad) return bad;
      out[key] = one;
    }
    return out;
  };
}

export function object<T>(fields: Fields<T>): Decoder<T> {
  const entries = Object.entries(fields) as [keyof T & string, Decoder<unknown>][];
  return (v) => {
    if (!isObject(v)) return bad;
    const out: Record<string, unknown> = {};
    for (const [key, decode] of entries) {
      const one = decode(v[key]);
      if (one === bad) return bad;
      if (one !== undefined) out[key] = one;
    }
    return out as T;
  };
}

export function isObject(v: unknown): v is Record<string, unknown> {
  return typeof v === "object" && v !== null && !Array.isArray(v);
}

/** Text to JSON; undefined, which JSON has not, if it is none. */
export function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
