/** The server counts bytes of UTF-8. */
export const MAX_MESSAGE = 4096;

const encoder = new TextEncoder();

export const bytes = (text: string): number => encoder.encode(text).length;
