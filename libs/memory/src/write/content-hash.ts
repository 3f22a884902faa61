import { createHash } from 'node:crypto';

/** Texts that differ only in Unicode composition or white space are the same memory. */
export function normaliseContent(content: string): string {
  return content.normalize('NFC').trim().replace(/\s+/gu, ' ');
}

/** SHA-256 hex of the normalised text. */
export function contentHash(content: string): string {
  return createHash('sha256').update(normaliseContent(content), 'utf8').digest('hex');
}
