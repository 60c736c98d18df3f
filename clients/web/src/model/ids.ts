// Ids without crypto.subtle and crypto.randomUUID, which browsers keep from pages over plain HTTP.

/** A new random id: 32 hexadecimal digits. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
}

// The name space of conversations of two people.
const space = "6c616972000050008000646972656374";

/** The id of the conversation of two people, as the server makes it: a UUID of version 5. */
export function directId(a: string, b: string): string {
  const names = [a, b].map((id) => id.replaceAll("-", "").toLowerCase()).sort();
  const hash = sha1(fromHex(space + names.join(""))).slice(0, 16);
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...hash].map((x) => x.toString(16).padStart(2, "0")).join("");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join("-");
}

function fromHex(hex: string): Uint8Array {
  const out = new Uint8Array(hex.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return out;
}

/** SHA-1, for names only: nothing here is a secret. */
function sha1(message: Uint8Array): Uint8Array {
  const size = ((message.length + 8) >> 6) * 64 + 64;
  const block = new DataView(new ArrayBuffer(size));
  message.forEach((byte, i) => {
    block.setUint8(i, byte);
  });
  block.setUint8(message.length, 0x80);
  block.setUint32(size - 4, message.length * 8);
  const h: [number, number, number, number, number] = [
    0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0,
  ];
  const w = new Uint32Array(80);
  const at = (i: number) => w[i] ?? 0;
  const turn = (x: number, n: number) => (x << n) | (x >>> (32 - n));
  for (let start = 0; start < size; start += 64) {
    for (let i = 0; i < 16; i++) w[i] = block.getUint32(start + 4 * i);
    for (let i = 16; i < 80; i++) w[i] = turn(at(i - 3) ^ at(i - 8) ^ at(i - 14) ^ at(i - 16), 1);
    let [a, b, c, d, e] = h;
    for (let i = 0; i < 80; i++) {
      const [f, k] =
        i < 20
          ? [(b & c) | (~b & d), 0x5a827999]
          : i < 40
            ? [b ^ c ^ d, 0x6ed9eba1]
            : i < 60
              ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
              : [b ^ c ^ d, 0xca62c1d6];
      const next = (turn(a, 5) + f + e + k + at(i)) | 0;
      [a, b, c, d, e] = [next, a, turn(b, 30), c, d];
    }
    h[0] = (h[0] + a) | 0;
    h[1] = (h[1] + b) | 0;
    h[2] = (h[2] + c) | 0;
    h[3] = (h[3] + d) | 0;
    h[4] = (h[4] + e) | 0;
  }
  const out = new DataView(new ArrayBuffer(20));
  h.forEach((x, i) => {
    out.setUint32(4 * i, x >>> 0);
  });
  return new Uint8Array(out.buffer);
}
