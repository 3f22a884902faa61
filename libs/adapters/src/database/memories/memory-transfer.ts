import { maySee } from '#libs/kernel';
import type { Caller, Scope } from '#libs/kernel';
import { judgeImport, tellOfEachOther } from '#libs/memory';
import type { ImportVerdict, Memory, NewMemory, StoredPage, ToldMemory } from '#libs/memory';
import { numeric, text } from '../row.js';
import { sql, trusted } from '../sql.js';
import type { Unit } from '../unit-of-work.js';
import { joinChains, linkStored, storedTraces } from './awaited-links.js';
import type { Links } from './awaited-links.js';
import { ImportedChains } from './imported-chains.js';
import { COLUMNS_OF_M, toMemory } from './memory.mapper.js';
import type { LinkedMemory, MemoryRows } from './memory-rows.js';
import { inScope } from './memory-view.js';

/** Looked up together: up to three ids each. */
const ROWS_PER_LOOKUP = 500;

/** See `MemoryStore.storedAfter`. */
export async function storedMemories(
  unit: Unit,
  scope: Scope,
  position: number,
  limit: number,
): Promise<StoredPage> {
  const rows = await unit.all(sql`SELECT ${trusted(COLUMNS_OF_M)} FROM memories m
    WHERE ${inScope(unit.tenantId, scope, 'subtree')} AND m.seq > ${position} ORDER BY m.seq LIMIT ${limit}`);
  const last = rows.at(-1);
  const isFull = last !== undefined && rows.length === limit;
  return { memories: rows.map(toMemory), next: isFull ? numeric(last, 'seq') : null };
}

/** See `MemoryStore.positionOf`. */
export async function positionOfMemory(unit: Unit, caller: Caller, id: string): Promise<number | null> {
  const row = await unit.first(sql`SELECT m.seq, m.user_id FROM memories m
    WHERE m.tenant_id = ${unit.tenantId} AND m.id = ${id}`);
  return row !== undefined && maySee(caller, text(row, 'user_id')) ? numeric(row, 'seq') : null;
}

/** See `MemoryStore.importMany`. */
export async function importMemories(
  unit: Unit,
  rows: MemoryRows,
  memories: readonly NewMemory[],
): Promise<readonly ImportVerdict[]> {
  const verdicts: ImportVerdict[] = [];
  for (let start = 0; start < memories.length; start += ROWS_PER_LOOKUP) {
    verdicts.push(...(await importSome(unit, rows, memories.slice(start, start + ROWS_PER_LOOKUP))));
  }
  return verdicts;
}

async function importSome(
  unit: Unit,
  rows: MemoryRows,
  some: readonly NewMemory[],
): Promise<readonly ImportVerdict[]> {
  const ids = some.flatMap(({ memory: { id, supersedes, supersededBy } }) =>
    [id, supersedes, supersededBy].filter((named) => named !== undefined),
  );
  const stored = await storedTraces(unit, [...new Set(ids)]);
  const verdicts = judgeImport(
    some.map(({ memory }) => memory),
    new Map([...stored].map(([id, { memory }]) => [id, memory])),
  );
  const fresh = some.filter((_, i) => verdicts[i] === 'imported');
  const chains = new ImportedChains(new Map([...stored].map(([id, { chainId }]) => [id, chainId])));
  const links = linksOf(
    fresh.map(({ memory }) => memory),
    new Map([...stored].map(([id, { memory }]) => [id, memory])),
    chains,
  );
  await rows.insertAll(fresh.map((one) => linkedAs(one, links, chains.chainOf(one.memory.id))));
  const ofStored = (ends: ReadonlyMap<string, string>) => new Map([...ends].filter(([id]) => stored.has(id)));
  await linkStored(unit, { before: ofStored(links.before), after: ofStored(links.after) });
  for (const { from, to } of chains.joined()) await joinChains(unit, from, to);
  return verdicts;
}

/** The links that can be made now that the memories are there. */
function linksOf(
  fresh: readonly Memory[],
  stored: ReadonlyMap<string, ToldMemory>,
  chains: ImportedChains,
): Links {
  const there = new Map<string, ToldMemory>([
    ...stored,
    ...fresh.map((memory) => [memory.id, memory] as const),
  ]);
  const links = { before: new Map<string, string>(), after: new Map<string, string>() };
  const add = (predecessor: ToldMemory, successor: ToldMemory): void => {
    if (links.before.has(successor.id) || !tellOfEachOther(predecessor, successor)) return;
    if (!chains.join(predecessor.id, successor.id)) return;
    links.before.set(successor.id, predecessor.id);
    links.after.set(predecessor.id, successor.id);
  };
  for (const memory of fresh) {
    const [before, after] = [there.get(memory.supersedes ?? ''), there.get(memory.supersededBy ?? '')];
    if (before !== undefined) add(before, memory);
    if (after !== undefined) add(memory, after);
  }
  return links;
}

/** A memory with the links that are made; the others of which it tells are awaited. */
function linkedAs(one: NewMemory, { before, after }: Links, chainId: string): LinkedMemory {
  const { id, supersedes, supersededBy } = one.memory;
  const made = { supersedes: before.get(id), supersededBy: after.get(id) };
  const awaits = {
    predecessor: made.supersedes === undefined ? supersedes : undefined,
    successor: made.supersededBy === undefined ? supersededBy : undefined,
  };
  return { ...one, memory: { ...one.memory, ...made }, chainId, awaits };
}
