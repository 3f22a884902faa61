import { createHash } from 'node:crypto';

export const HASH_CHARACTERS = 24;

/**
 * The address of an original: the first 24 lowercase hex characters of the SHA-256 of its UTF-8 bytes. Text with lone
 * surrogates has no UTF-8 form of its own, so its UTF-16LE bytes are hashed instead: different texts never share one.
 */
export function hashOriginal(content: string): string {
  const encoding = content.isWellFormed() ? 'utf8' : 'utf16le';
  return createHash('sha256').update(content, encoding).digest('hex').slice(0, HASH_CHARACTERS);
}

/** The first hash in a text, such as an argument that a model copied together with its marker; null without one. */
export function hashIn(text: string): string | null {
  return /(?<![a-f0-9])[a-f0-9]{24}(?![a-f0-9])/.exec(text.toLowerCase())?.[0] ?? null;
}
