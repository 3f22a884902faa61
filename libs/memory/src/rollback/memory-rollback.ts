import { invalid, requireUser, type Caller, type Clock, type Ids } from '#libs/kernel';
import type { BackgroundEmbedding } from '../embedding/background-embedding.js';
import type { MemoryStore } from '../ports/memory-store.js';
import { newMemory } from '../write/memory-writer.js';
import { validateScope } from '../write/validate-draft.js';
import { restoredLink } from './plan-rollback.js';
import type { RollbackChange, RollbackRequest } from './rollback.js';

/** Returns scopes to what was current at an instant of recorded time, by appending alone. */
export class MemoryRollback {
  constructor(
    private readonly store: MemoryStore,
    private readonly background: BackgroundEmbedding,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /** @throws HeadroomError `forbidden`; `validation_error` for an instant that is none or lies ahead. */
  async rollBack(caller: Caller, request: RollbackRequest): Promise<readonly RollbackChange[]> {
    requireUser(caller, request.scope.userId);
    validateScope(request.scope);
    const now = this.clock.now();
    requirePast(request.to, now);
    const changes = await this.store.rollback(caller, { ...request, now }, (end, older) =>
      newMemory(restoredLink(end, older, now, this.ids.next('mem'))),
    );
    if (request.dryRun !== true && changes.length > 0) this.background.nudge();
    return changes;
  }
}

function requirePast(to: Date, now: Date): void {
  if (Number.isNaN(to.getTime())) throw invalid([{ path: 'to', message: 'must be a time' }]);
  if (to <= now) return;
  const message = `must not lie in the future: it is ${now.toISOString()} now`;
  throw invalid([{ path: 'to', message }]);
}
