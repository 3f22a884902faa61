import type { Clock } from '#libs/kernel';
import type { EntryDraft } from '#libs/shared-context';

export const ENTRY_TTL_SECONDS = 3_600;

/** An entry to put, of the context `release`. */
export function anEntry(clock: Clock, key: string, overrides: Partial<EntryDraft> = {}): EntryDraft {
  return {
    context: 'release',
    key,
    hash: 'a'.repeat(24),
    contentKind: 'text',
    original: `original of ${key}`,
    compressed: `compressed ${key}`,
    originalTokens: 100,
    compressedTokens: 40,
    transforms: ['json:table'],
    metadata: {},
    createdAt: clock.now(),
    expiresAt: new Date(clock.now().getTime() + ENTRY_TTL_SECONDS * 1000),
    ...overrides,
  };
}
