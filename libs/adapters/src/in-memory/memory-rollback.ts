import { type Caller, isVisible } from '#libs/kernel';
import {
  type Memory,
  type NewMemory,
  planRollback,
  retirement,
  type Rollback,
  type RollbackChange,
  rollbackChange,
} from '#libs/memory';
import type { KeptMemories } from './kept-memories.js';
import type { Kept } from './kept-memory.js';
import { chainOf, linkSuccessor } from './memory-chains.js';

/** Rolls every chain of the scope back, in stored order of their first links; see `MemoryStore.rollback`. */
export function rollBackMemories(
  kept: KeptMemories,
  caller: Caller,
  { scope, to, now, dryRun }: Rollback,
  restored: (end: Memory, older: Memory) => NewMemory,
): readonly RollbackChange[] {
  const changes: RollbackChange[] = [];
  const isFirst = ({ memory }: Kept): boolean => chainOf(kept, caller, memory.id)[0]?.memory === memory;
  const firsts = kept.of(caller).filter((one) => isVisible(scope, one.memory.scope) && isFirst(one));
  for (const { memory: first } of firsts) {
    const chain = chainOf(kept, caller, first.id);
    const end = chain.at(-1);
    const step = planRollback(
      chain.map(({ memory }) => memory),
      to,
      now,
    );
    if (step === null || end === undefined) continue;
    const fresh = step.action === 'restore' ? restored(step.end, step.older) : undefined;
    changes.push(rollbackChange(step, fresh?.memory, now));
    if (dryRun === true) continue;
    if (fresh === undefined) end.memory = retired(step.end, now);
    else linkSuccessor(kept, caller, end, fresh);
  }
  return changes;
}

function retired(memory: Memory, now: Date): Memory {
  const ended = { validUntil: retirement(memory, now), supersededAt: now };
  return { ...memory, ...ended, updatedAt: now, version: memory.version + 1 };
}
