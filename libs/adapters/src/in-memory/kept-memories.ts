import { type Caller, HeadroomError, maySee, notFound } from '#libs/kernel';
import type { Memory, NewMemory } from '#libs/memory';
import type { Kept } from './kept-memory.js';

/** All memories in the process, as they came. A caller reaches those of its tenant and its key's users. */
export class KeptMemories {
  readonly #kept = new Map<string, Kept>();
  #stored = 0;

  add({ tenantId }: Caller, { memory, terms, traits, embedding }: NewMemory): Memory {
    const kept: Kept = {
      tenantId,
      seq: ++this.#stored,
      memory: structuredClone({ ...memory, ...(embedding && { embeddingModel: embedding.model }) }),
      terms: [...terms],
      traits,
      vectors: new Map(embedding && [[embedding.model, embedding.vector]]),
    };
    this.#kept.set(keyOf(tenantId, memory.id), kept);
    return kept.memory;
  }

  /** Of every tenant. */
  all(): Kept[] {
    return [...this.#kept.values()];
  }

  of(caller: Caller): Kept[] {
    return this.all().filter((kept) => reaches(caller, kept));
  }

  /** Whatever its state, tombstones included. */
  find(caller: Caller, id: string): Kept | undefined {
    const kept = this.#kept.get(keyOf(caller.tenantId, id));
    return kept && reaches(caller, kept) ? kept : undefined;
  }

  living(caller: Caller, id: string): Kept | undefined {
    const kept = this.find(caller, id);
    return kept?.memory.deletedAt === undefined ? kept : undefined;
  }

  /** @throws HeadroomError `not_found`, `precondition_failed`. */
  require(caller: Caller, id: string, expectedVersion?: number): Kept {
    const kept = this.living(caller, id);
    if (kept === undefined) throw notFound('memory');
    requireVersion(kept.memory, expectedVersion);
    return kept;
  }

  /** Leaves nothing of them, no tombstone either. @returns how many still had a content. */
  erase(doomed: readonly Kept[]): number {
    for (const { tenantId, memory } of doomed) this.#kept.delete(keyOf(tenantId, memory.id));
    return doomed.filter(({ memory }) => memory.deletedAt === undefined).length;
  }
}

/** @throws HeadroomError `precondition_failed`. */
export function requireVersion(memory: Memory, expected: number | undefined): void {
  if (expected === undefined || memory.version === expected) return;
  throw new HeadroomError('precondition_failed', 'The memory was changed meanwhile; read it again.', {
    current_version: memory.version,
  });
}

function reaches(caller: Caller, { tenantId, memory }: Kept): boolean {
  return tenantId === caller.tenantId && maySee(caller, memory.scope.userId);
}

function keyOf(tenantId: string, id: string): string {
  return JSON.stringify([tenantId, id]);
}
