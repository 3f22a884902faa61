import type { Caller } from '#libs/kernel';
import type { PendingEmbedding, StoredModel } from '#libs/memory';
import type { KeptMemories } from './kept-memories.js';
import type { Kept } from './kept-memory.js';

export function saveEmbeddings(
  kept: KeptMemories,
  caller: Caller,
  model: string,
  vectors: ReadonlyMap<string, Float32Array>,
): void {
  for (const [id, vector] of vectors) {
    const embedded = kept.living(caller, id);
    if (embedded === undefined) continue;
    embedded.vectors.clear();
    embedded.vectors.set(model, vector);
    embedded.memory = { ...embedded.memory, embeddingModel: model };
  }
}

export function storedModels(all: readonly Kept[]): readonly StoredModel[] {
  const models = new Map(all.flatMap(({ vectors }) => [...vectors]));
  return [...models].map(([model, { length }]) => ({ model, dimensions: length }));
}

/** Oldest first. */
export function pendingEmbeddings(
  all: readonly Kept[],
  replaced: readonly string[],
): readonly PendingEmbedding[] {
  return all
    .filter(
      ({ memory, vectors }) =>
        memory.deletedAt === undefined && [...vectors.keys()].every((model) => replaced.includes(model)),
    )
    .map(({ tenantId, memory }) => ({
      caller: { tenantId, users: null, isAdmin: false },
      id: memory.id,
      content: memory.content,
    }));
}
