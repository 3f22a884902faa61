import type { Embedder } from '../ports/embedder.js';
import type { MemoryStore } from '../ports/memory-store.js';

export type Pending = Awaited<ReturnType<MemoryStore['withoutEmbedding']>>[number];

/** A text that no model refuses: when this one fails, the model is down. */
const HARMLESS = 'hello';

/**
 * Embeds a batch. When it fails although the model embeds a harmless text, it is halved until the texts that the model
 * refuses stand alone, so that none of them holds up the others.
 * @returns the ids of the refused ones. @throws the batch's failure when the model is down.
 */
export async function embedSoundly(
  batch: readonly Pending[],
  embed: (batch: readonly Pending[]) => Promise<void>,
  embedder: Embedder,
): Promise<readonly string[]> {
  try {
    await embed(batch);
    return [];
  } catch (failure) {
    await embedder.embed([HARMLESS], { isBackground: true }).catch(() => {
      throw failure;
    });
    const [first] = batch;
    if (batch.length === 1 && first !== undefined) return [first.id];
    const middle = Math.ceil(batch.length / 2);
    return [
      ...(await embedSoundly(batch.slice(0, middle), embed, embedder)),
      ...(await embedSoundly(batch.slice(middle), embed, embedder)),
    ];
  }
}
