import { invalid, isScopeId, type Fault } from '#libs/kernel';
import type { Memory } from '../model/memory.js';
import { contentHash } from '../write/content-hash.js';
import { refuseSecrets } from '../write/secrets.js';
import { validateDraft, validateReason, validateScope, validateSource } from '../write/validate-draft.js';

export const MEMORY_ID_MAX_CHARACTERS = 128;

/** A memory as a file tells it. What is derived is left out; times that a file may lack are filled in. */
export type ImportedMemory = Omit<
  Memory,
  'contentHash' | 'embeddingModel' | 'createdAt' | 'updatedAt' | 'validFrom'
> &
  Partial<Pick<Memory, 'createdAt' | 'updatedAt' | 'validFrom'>>;

/**
 * Checks an imported memory as strictly as one that is written, and completes it.
 * @throws HeadroomError `validation_error` with every fault, `secret_refused`.
 */
export function completeImported(imported: ImportedMemory, now: Date): Memory {
  const createdAt = imported.createdAt ?? now;
  const memory: Memory = {
    ...imported,
    createdAt,
    updatedAt: imported.updatedAt ?? createdAt,
    validFrom: imported.validFrom ?? createdAt,
    contentHash: imported.deletedAt === undefined ? contentHash(imported.content) : '',
  };
  if (memory.deletedAt === undefined) checkLiving(memory);
  else validateScope(memory.scope);
  const faults = [...idFaults(memory), ...timeFaults(memory), ...tombstoneFaults(memory)];
  if (faults.length > 0) throw invalid(faults);
  return memory;
}

function checkLiving(memory: Memory): void {
  validateDraft(memory);
  validateReason(memory.reason);
  for (const { source } of memory.alsoSeen) validateSource(source);
  const { content, subject, entities, metadata, reason } = memory;
  refuseSecrets({ content, subject, entities, metadata, reason });
}

function idFaults({ id, supersedes, supersededBy, promotedFrom }: Memory): Fault[] {
  const ids = { id, supersedes, superseded_by: supersededBy, promoted_from: promotedFrom };
  const faults = Object.entries(ids)
    .filter(([, value]) => value !== undefined && !isId(value))
    .map(([path]) => ({
      path,
      message: `must be 1–${MEMORY_ID_MAX_CHARACTERS} characters without NUL and without lone surrogates`,
    }));
  if (supersedes === id) faults.push({ path: 'supersedes', message: 'must not name the memory itself' });
  if (supersededBy === id) faults.push({ path: 'superseded_by', message: 'must not name the memory itself' });
  return faults;
}

function isId(value: string): boolean {
  return value.length <= MEMORY_ID_MAX_CHARACTERS && isScopeId(value);
}

function timeFaults({ validFrom, validUntil, supersededAt, supersededBy }: Memory): Fault[] {
  const faults: Fault[] = [];
  if ((validUntil === undefined) !== (supersededAt === undefined)) {
    faults.push({ path: 'valid_until', message: 'goes together with superseded_at, when it was recorded' });
  }
  if (supersededBy !== undefined && supersededAt === undefined) {
    faults.push({ path: 'superseded_at', message: 'is required beside superseded_by' });
  }
  if (validUntil !== undefined && validUntil < validFrom) {
    faults.push({ path: 'valid_until', message: 'must not lie before valid_from' });
  }
  return faults;
}

function tombstoneFaults({ deletedAt, content, subject, entities, metadata }: Memory): Fault[] {
  const saysNothing =
    content === '' && subject === undefined && entities.length === 0 && Object.keys(metadata).length === 0;
  if (deletedAt === undefined || saysNothing) return [];
  return [{ path: 'deleted_at', message: 'stands on a tombstone, which has no content left' }];
}
