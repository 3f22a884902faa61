import type { Handoff, PinnedEntry } from '#libs/shared-context';
import { addressOf } from '../../address.js';
import { decodeText, encodeText } from '../../exact-text.js';
import {
  bytes,
  instant,
  isNull,
  json,
  numeric,
  optionalInstant,
  optionalText,
  type Row,
  text,
} from '../../row.js';
import type { SqlValue } from '../../sql.js';

type Columns = Readonly<Record<string, SqlValue>>;

export function handoffRow(tenantId: string, handoff: Handoff): Columns {
  return {
    tenant_id: tenantId,
    id: handoff.id,
    context_address: addressOf(handoff.context),
    to_address: addressOf(handoff.to),
    context: encodeText(handoff.context),
    from_agent: encodeText(handoff.from),
    to_agent: encodeText(handoff.to),
    note: handoff.note === undefined ? null : encodeText(handoff.note),
    token_budget: handoff.tokenBudget ?? null,
    created_at: handoff.createdAt.getTime(),
    expires_at: handoff.expiresAt.getTime(),
  };
}

export interface PinnedPlace {
  readonly tenantId: string;
  readonly handoffId: string;
  readonly position: number;
}

/** @param compressed what the recipient will get; null of an entry that was left out. */
export function pinnedRow(place: PinnedPlace, entry: PinnedEntry, compressed: Buffer | null): Columns {
  return {
    tenant_id: place.tenantId,
    handoff_id: place.handoffId,
    position: place.position,
    is_left_out: compressed === null ? 1 : 0,
    user_id: entry.userId ?? null,
    entry_key: encodeText(entry.key),
    agent: entry.agent === undefined ? null : encodeText(entry.agent),
    version: entry.version,
    hash: entry.hash,
    content_kind: entry.contentKind,
    original_tokens: entry.originalTokens,
    compressed_tokens: entry.compressedTokens,
    transforms: JSON.stringify(entry.transforms),
    compressed,
  };
}

/** All that {@link toPinned} reads, of a handoff's entry and of a shared entry alike. */
export const PINNED_COLUMNS = `entry_key, agent, user_id, version, hash, content_kind, original_tokens,
  compressed_tokens, transforms`;

export function toPinned(row: Row): PinnedEntry {
  const userId = optionalText(row, 'user_id');
  return {
    key: decodeText(bytes(row, 'entry_key')),
    version: numeric(row, 'version'),
    hash: text(row, 'hash'),
    ...(isNull(row, 'agent') ? {} : { agent: decodeText(bytes(row, 'agent')) }),
    ...(userId === undefined ? {} : { userId }),
    contentKind: text(row, 'content_kind') === 'json' ? 'json' : 'text',
    originalTokens: numeric(row, 'original_tokens'),
    compressedTokens: numeric(row, 'compressed_tokens'),
    transforms: json(row, 'transforms') as string[],
  };
}

/** @param pinned its rows of `handoff_entries`, in their order. */
export function toHandoff(row: Row, pinned: readonly Row[]): Handoff {
  const isLeftOut = (entry: Row): boolean => numeric(entry, 'is_left_out') === 1;
  const acceptedAt = optionalInstant(row, 'accepted_at');
  return {
    id: text(row, 'id'),
    context: decodeText(bytes(row, 'context')),
    from: decodeText(bytes(row, 'from_agent')),
    to: decodeText(bytes(row, 'to_agent')),
    ...(isNull(row, 'note') ? {} : { note: decodeText(bytes(row, 'note')) }),
    ...(isNull(row, 'token_budget') ? {} : { tokenBudget: numeric(row, 'token_budget') }),
    entries: pinned.filter((entry) => !isLeftOut(entry)).map(toPinned),
    leftOut: pinned.filter(isLeftOut).map(toPinned),
    createdAt: instant(row, 'created_at'),
    expiresAt: instant(row, 'expires_at'),
    ...(acceptedAt === undefined ? {} : { acceptedAt }),
  };
}
