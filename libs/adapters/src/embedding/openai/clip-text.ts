/** Every token of a byte-pair encoding holds one byte at least, so that as many bytes never make more tokens. */
export const MAX_TOKENS = 8_191;
/** Prose takes about four characters a token; half of that also holds identifiers, hashes and code. */
const LIKELY_CHARACTERS = 16_000;

/** Cut to what very likely fits into the models' 8,191 tokens; what does not is cut by {@link clipSurely}. */
export function clipLikely(text: string): string {
  return wellFormedPrefix(text, LIKELY_CHARACTERS);
}

/** Cut to what fits whatever it holds. */
export function clipSurely(text: string): string {
  if (Buffer.byteLength(text) <= MAX_TOKENS) return text;
  const room = new Uint8Array(MAX_TOKENS);
  const { read } = new TextEncoder().encodeInto(text, room);
  return text.slice(0, read);
}

/** Not between the halves of a surrogate pair. */
function wellFormedPrefix(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  const isSplit = text.length > length && last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, isSplit ? length - 1 : length);
}
