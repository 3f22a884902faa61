import type { PendingEmbedding } from '../ports/memory-store.js';

/** What is done with texts: their vectors are had from the model, and then stored. */
export interface EmbeddingSteps {
  readonly embed: (texts: readonly string[]) => Promise<readonly Float32Array[]>;
  readonly save: (batch: readonly PendingEmbedding[], vectors: readonly Float32Array[]) => Promise<void>;
}

/** A text that no model refuses: when this one fails, the model is down. */
const HARMLESS = 'hello';

/**
 * Embeds a batch. When it fails although the model embeds a harmless text, it is halved until the texts that the model
 * refuses stand alone, so that none of them holds up the others.
 * @returns the ids of the refused ones. @throws the batch's failure when the model is down, or the store's.
 */
export async function embedSoundly(
  batch: readonly PendingEmbedding[],
  steps: EmbeddingSteps,
): Promise<readonly string[]> {
  const vectors = await vectorsOf(batch, steps);
  if (vectors !== null) {
    await steps.save(batch, vectors);
    return [];
  }
  const [first] = batch;
  if (batch.length === 1 && first !== undefined) return [first.id];
  const middle = Math.ceil(batch.length / 2);
  return [
    ...(await embedSoundly(batch.slice(0, middle), steps)),
    ...(await embedSoundly(batch.slice(middle), steps)),
  ];
}

/** @returns null when the model refuses something of the batch. */
async function vectorsOf(
  batch: readonly PendingEmbedding[],
  { embed }: EmbeddingSteps,
): Promise<readonly Float32Array[] | null> {
  try {
    return await embed(batch.map(({ content }) => content));
  } catch (failure) {
    await embed([HARMLESS]).catch(() => {
      throw failure;
    });
    return null;
  }
}
