const WORD = /[\p{L}\p{N}_]+/gu;
/** Fingerprints that differ in at most this many of 64 bits are the same item told again. */
const SAME_BITS = 3;

/** SimHash (Charikar 2002) of a text's words, as two 32-bit halves. */
export function simHash(text: string): readonly [number, number] {
  const weights = new Int32Array(64);
  for (const [word] of text.slice(0, 4000).matchAll(WORD)) {
    const low = fnv1a(word, 0x811c9dc5);
    const high = fnv1a(word, 0x9747b28c);
    for (let bit = 0; bit < 32; bit++) {
      weights[bit] = (weights[bit] ?? 0) + ((low >>> bit) & 1 ? 1 : -1);
      weights[bit + 32] = (weights[bit + 32] ?? 0) + ((high >>> bit) & 1 ? 1 : -1);
    }
  }
  let low = 0;
  let high = 0;
  for (let bit = 0; bit < 32; bit++) {
    if ((weights[bit] ?? 0) > 0) low |= 1 << bit;
    if ((weights[bit + 32] ?? 0) > 0) high |= 1 << bit;
  }
  return [low, high];
}

/** Remembers fingerprints and knows a text that is nearly one of those it has seen. */
export class NearDuplicates {
  private readonly seen: (readonly [number, number])[] = [];

  /** @returns false when a near-duplicate was already there. */
  add(text: string): boolean {
    const [low, high] = simHash(text);
    const known = this.seen.some(
      (other) => bitCount(low ^ other[0]) + bitCount(high ^ other[1]) <= SAME_BITS,
    );
    this.seen.push([low, high]);
    return !known;
  }
}

function fnv1a(word: string, seed: number): number {
  let hash = seed;
  for (let index = 0; index < word.length; index++)
    hash = Math.imul(hash ^ word.charCodeAt(index), 0x01000193);
  // FNV leaves neighbours such as "1" and "2" alike in their high bits; one round of mixing parts them.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

function bitCount(bits: number): number {
  let count = bits - ((bits >>> 1) & 0x55555555);
  count = (count & 0x33333333) + ((count >>> 2) & 0x33333333);
  return Math.imul((count + (count >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
