import type { JobQueue, Pause } from '#libs/kernel';
import type { Embedder } from '../ports/embedder.js';
import type { MemoryStore } from '../ports/memory-store.js';
import type { Turns } from '../ports/turns.js';
import type { EarlierModels } from './earlier-models.js';
import type { ModelDimensions } from './model-dimensions.js';

/** What embedding in the background works with. */
export interface EmbeddingParts {
  readonly store: MemoryStore;
  readonly embedder: Embedder;
  readonly earlier: EarlierModels;
  readonly dimensions: ModelDimensions;
  readonly jobs: JobQueue;
  readonly turns: Turns;
  readonly pause: Pause;
}
