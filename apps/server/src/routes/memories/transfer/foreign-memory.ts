import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { JsonObject, Scope } from '#libs/kernel';
import type { ImportedMemory } from '#libs/memory';

/** A time as other stores print it: RFC 3339, with a blank for the T, a short offset, or none (then UTC). */
export const foreignTime = z.string().transform((text, context) => {
  const [, day = '', clock = '', offset = ''] =
    /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d{1,9})?) ?(Z|[+-]\d\d(?::?\d\d)?)?$/.exec(text) ?? [];
  const zone =
    offset === ''
      ? 'Z'
      : offset.replace(/^([+-]\d\d):?(\d\d)?$/, (_, h: string, m?: string) => `${h}:${m ?? '00'}`);
  const time = new Date(`${day}T${clock}${zone}`);
  if (!Number.isNaN(time.getTime())) return time;
  context.addIssue({ code: 'custom', message: 'must be a time' });
  return z.NEVER;
});

/** What another store's memory says in our words. */
interface ForeignMemory {
  /** Its name in the other store, by which it is known again. */
  readonly origin: readonly string[];
  readonly scope: Scope;
  readonly content: string;
  readonly metadata: JsonObject;
  readonly createdAt: Date | undefined;
  readonly updatedAt: Date | undefined;
  readonly expiresAt: Date | undefined;
}

/** The same origin gives the same id, so that a second import knows what the first one stored. */
export function fromForeign({ origin, ...said }: ForeignMemory): ImportedMemory {
  return {
    ...said,
    id: derivedId([...origin, said.scope.userId]),
    category: 'fact',
    importance: 0.5,
    entities: [],
    alsoSeen: [],
    accessCount: 0,
    version: 1,
  };
}

/** `mem_` and a UUID of version 8 (RFC 9562), made of SHA-256. */
function derivedId(parts: readonly string[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `mem_${[
    [0, 8],
    [8, 12],
    [12, 16],
    [16, 20],
    [20, 32],
  ]
    .map(([a, b]) => hex.slice(a, b))
    .join('-')}`;
}
