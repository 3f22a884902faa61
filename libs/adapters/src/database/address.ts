import { createHash } from 'node:crypto';

/**
 * A fixed-length key for names of any length and any characters: equal only for equal parts. Indexes are built on it
 * because PostgreSQL refuses index entries beyond 2.7 KB. 32 hex characters of SHA-256 over the parts as JSON.
 */
export function addressOf(...parts: readonly (string | number | undefined)[]): string {
  const text = JSON.stringify(parts.map((part) => part ?? null));
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
