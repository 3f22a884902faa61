import type { Caller, HeadroomError } from '#libs/kernel';
import type { BatchItemOutcome, MemoryDraft, MemoryService } from '#libs/memory';
import { validationError } from '../../http/request-validation.js';
import { toDraft } from './memories.mapper.js';
import { createMemory, type CreateMemories } from './memories.schema.js';

type ReadItem =
  | { readonly index: number; readonly draft: MemoryDraft }
  | { readonly index: number; readonly error: HeadroomError };

/** Creates what is well-formed; each item that is not yields its own faults and spoils no other. */
export async function createBatch(
  memories: MemoryService,
  caller: Caller,
  body: CreateMemories,
): Promise<readonly BatchItemOutcome[]> {
  const items = body.memories.map(readItem);
  const good = items.filter((item) => 'draft' in item);
  const outcomes = await memories.createMany(
    caller,
    good.map(({ draft }) => draft),
  );
  const created = outcomes.map((outcome) => ({
    ...outcome,
    index: good[outcome.index]?.index ?? outcome.index,
  }));
  const faulty = items
    .filter((item) => 'error' in item)
    .map(({ index, error }): BatchItemOutcome => ({ index, status: 'error', error }));
  return [...created, ...faulty].sort((a, b) => a.index - b.index);
}

function readItem(item: unknown, index: number): ReadItem {
  const read = createMemory.safeParse(item);
  if (!read.success) return { index, error: validationError(read.error.issues) };
  return { index, draft: toDraft(read.data) };
}
