import { type BrokenLink, faultIn, settleChains } from '#libs/memory';
import { listOf, sql } from '../sql.js';
import type { Unit } from '../unit-of-work.js';
import { awaitingIn, joinChains, linkStored, storedTraces } from './awaited-links.js';
import type { StoredMember } from './awaited-links.js';
import { ImportedChains } from './imported-chains.js';
import { partsOfChain } from './link-order.js';
import type { MemoryRows } from './memory-rows.js';

/** See `MemoryStore.settleImport`. */
export async function settleImported(
  unit: Unit,
  rows: MemoryRows,
  userId: string,
  ids: readonly string[],
): Promise<readonly BrokenLink[]> {
  const found = await storedTraces(unit, ids);
  const imported = [...found.values()].filter(({ memory }) => memory.scope.userId === userId);
  const awaiting = await awaitingIn(unit, chainsOf(imported));
  if (awaiting.length === 0) return [];
  const neighbours = await storedTraces(unit, awaiting.flatMap(awaitedBy));
  const others = [...neighbours.values()].filter(
    ({ chainId }) => !awaiting.some((one) => one.chainId === chainId),
  );
  const { ended, broken } = settleChains(
    [...awaiting, ...(await awaitingIn(unit, chainsOf(others)))],
    neighbours,
  );
  const chains = new ImportedChains(chainIdsOf([...awaiting, ...neighbours.values()]));
  for (const { predecessor, successor } of ended) {
    await rows.end(predecessor.memory.id, successor.memory);
    chains.join(predecessor.memory.id, successor.memory.id);
  }
  const before = new Map(
    ended.map(({ predecessor, successor }) => [successor.memory.id, predecessor.memory.id]),
  );
  await linkStored(unit, { before, after: new Map() });
  for (const { from, to } of chains.joined()) await joinChains(unit, from, to);
  const faults = imported.flatMap(({ memory, chainId }): BrokenLink[] => {
    const chain = broken.get(chainId);
    return chain === undefined ? [] : [{ id: memory.id, fault: faultIn(chain, memory, neighbours) }];
  });
  await takeOut(
    unit,
    rows,
    faults.map(({ id }) => id),
    [...broken.keys()],
  );
  return faults;
}

const chainsOf = (members: readonly StoredMember[]): string[] => [
  ...new Set(members.map(({ chainId }) => chainId)),
];

const chainIdsOf = (members: readonly StoredMember[]) =>
  new Map(members.map(({ memory, chainId }) => [memory.id, chainId]));

const awaitedBy = ({ awaits }: StoredMember): string[] =>
  [awaits.predecessor, awaits.successor].filter((id) => id !== undefined);

/** What was linked to the erased awaits it as before; each part that is left of a chain is a chain of its own. */
async function takeOut(
  unit: Unit,
  rows: MemoryRows,
  erased: readonly string[],
  chainIds: readonly string[],
): Promise<void> {
  if (erased.length === 0) return;
  await rows.erase(sql`m.id IN ${listOf(erased)}`);
  await unit.send(sql`UPDATE memories SET awaited_predecessor = supersedes, supersedes = NULL
    WHERE tenant_id = ${unit.tenantId} AND supersedes IN ${listOf(erased)}`);
  await unit.send(sql`UPDATE memories SET awaited_successor = superseded_by, superseded_by = NULL
    WHERE tenant_id = ${unit.tenantId} AND chain_id IN ${listOf(chainIds)} AND superseded_by IN ${listOf(erased)}`);
  for (const left of (await rows.chains(chainIds, true)).values()) {
    for (const part of partsOfChain(left)) {
      await unit.send(sql`UPDATE memories SET chain_id = ${part[0]}
        WHERE tenant_id = ${unit.tenantId} AND id IN ${listOf(part)}`);
    }
  }
}
