import { planRollback, retirement, rollbackChange } from '#libs/memory';
import type { Memory, NewMemory, Rollback, RollbackChange, RollbackStep } from '#libs/memory';
import { text } from '../row.js';
import { sql } from '../sql.js';
import type { Unit } from '../unit-of-work.js';
import { milliseconds } from './memory.mapper.js';
import type { LinkedMemory, MemoryRows } from './memory-rows.js';
import { inScope } from './memory-view.js';
import { inLinkOrder } from './link-order.js';

const CHAINS_AT_ONCE = 200;

/** Rolls every chain back in which something was recorded since; see `MemoryStore.rollback`. */
export async function rollBackMemories(
  unit: Unit,
  rows: MemoryRows,
  rollback: Rollback,
  restored: (end: Memory, older: Memory) => NewMemory,
): Promise<readonly RollbackChange[]> {
  const { to, now, dryRun } = rollback;
  const changes: RollbackChange[] = [];
  const chainIds = await changedChains(unit, rollback);
  for (let start = 0; start < chainIds.length; start += CHAINS_AT_ONCE) {
    const some = chainIds.slice(start, start + CHAINS_AT_ONCE);
    const chains = await rows.chains(some, dryRun !== true);
    for (const id of some) {
      const step = planRollback(inLinkOrder(chains.get(id) ?? []), to, now);
      if (step === null) continue;
      const fresh = step.action === 'restore' ? restored(step.end, step.older) : undefined;
      if (dryRun !== true) await take(rows, step, fresh && { ...fresh, chainId: id }, now);
      changes.push(rollbackChange(step, fresh?.memory, now));
    }
  }
  return changes;
}

async function take(
  rows: MemoryRows,
  step: RollbackStep,
  fresh: LinkedMemory | undefined,
  now: Date,
): Promise<void> {
  if (fresh !== undefined) {
    await rows.insertAll([fresh]);
    await rows.end(step.end.id, fresh.memory);
    return;
  }
  const validUntil = milliseconds(retirement(step.end, now));
  await rows.update(step.end.id, [sql`valid_until = ${validUntil}, superseded_at = ${now.getTime()}`], now);
}

/** In stored order of what was recorded in them. */
async function changedChains(unit: Unit, { scope, to }: Rollback): Promise<readonly string[]> {
  const since = to.getTime();
  const found = await unit.all(sql`SELECT m.chain_id FROM memories m
    WHERE ${inScope(unit.tenantId, scope, 'subtree')} AND (m.created_at > ${since} OR m.superseded_at > ${since})
    ORDER BY m.seq`);
  return [...new Set(found.map((row) => text(row, 'chain_id')))];
}
