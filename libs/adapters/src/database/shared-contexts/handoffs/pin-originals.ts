import { markerHashes } from '#libs/ccr';
import type { PinnedEntry } from '#libs/shared-context';
import { listOf, type Sql, sql } from '../../sql.js';
import type { Unit } from '../../unit-of-work.js';
import { NOBODY } from '../../visibility.js';

/** An entry as it is pinned, and what its recipient will read. */
export interface PinnedText {
  readonly entry: PinnedEntry;
  readonly compressed: string;
}

/** One that stands in `shared_context_entries` under an address. */
export interface AddressedText extends PinnedText {
  readonly address: string;
}

/**
 * Keeps the originals of entries until a time, whatever else would end them: of each the whole, brought back from the
 * entry where it is gone already, and the parts that the markers in its compressed content name.
 */
export async function pinOriginals(
  unit: Unit,
  texts: readonly AddressedText[],
  now: Date,
  until: Date,
): Promise<void> {
  const wholes = new Map(texts.map((text) => [`${text.entry.hash} ${text.entry.userId ?? NOBODY}`, text]));
  const addresses = [...wholes.values()].map(({ address }) => address);
  await unit.send(sql`INSERT INTO originals (tenant_id, hash, user_id, content, original_tokens, compressed_tokens,
      original_item_count, compressed_item_count, retrieval_count, created_at, last_accessed_at, pinned_until)
    SELECT tenant_id, hash, coalesce(user_id, ''), original, original_tokens, compressed_tokens, 1, 1, 0,
      ${asBig(now)}, ${asBig(now)}, ${asBig(until)}
    FROM shared_context_entries WHERE tenant_id = ${unit.tenantId} AND address IN ${listOf(addresses)}
    ON CONFLICT (tenant_id, hash, user_id) DO UPDATE SET
      content = coalesce(originals.content, excluded.content),
      last_accessed_at = excluded.last_accessed_at,
      pinned_until = ${later(sql`excluded.pinned_until`)}`);
  await touch(unit, texts, sql`last_accessed_at = ${now.getTime()}, pinned_until = ${later(asBig(until))}`);
}

/** Starts the life of the originals anew, so that whoever just read their markers can follow them. */
export async function renewOriginals(unit: Unit, texts: readonly PinnedText[], now: Date): Promise<void> {
  await touch(unit, texts, sql`last_accessed_at = ${now.getTime()}`);
}

async function touch(unit: Unit, texts: readonly PinnedText[], change: Sql): Promise<void> {
  for (const [owner, hashes] of hashesByOwner(texts)) {
    await unit.send(sql`UPDATE originals SET ${change} WHERE tenant_id = ${unit.tenantId} AND user_id = ${owner}
      AND hash IN ${listOf([...hashes])} AND content IS NOT NULL`);
  }
}

function hashesByOwner(texts: readonly PinnedText[]): ReadonlyMap<string, ReadonlySet<string>> {
  const owners = new Map<string, Set<string>>();
  for (const { entry, compressed } of texts) {
    const owner = entry.userId ?? NOBODY;
    const hashes = owners.get(owner) ?? new Set<string>();
    for (const hash of [entry.hash, ...markerHashes(compressed)]) hashes.add(hash);
    owners.set(owner, hashes);
  }
  return owners;
}

function later(until: Sql): Sql {
  return sql`CASE WHEN coalesce(originals.pinned_until, 0) > ${until} THEN originals.pinned_until ELSE ${until} END`;
}

/** A parameter's type that PostgreSQL could not tell by itself. */
function asBig(at: Date): Sql {
  return sql`CAST(${at.getTime()} AS BIGINT)`;
}
