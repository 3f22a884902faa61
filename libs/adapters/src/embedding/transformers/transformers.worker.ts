import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { verifyChecksums } from '../../local-models/model-checksums.js';
import { EmbedQueue } from './embed-queue.js';
import type { LoadOutcome, ModelPlace, WorkerRequest } from './worker-messages.js';

/** Runs the model off the main thread: inference blocks for hundreds of milliseconds. */
const place = workerData as ModelPlace;
const port = parentPort;
const tell = (outcome: LoadOutcome): void => port?.postMessage(outcome);

try {
  const embed = await loadModel();
  const queue = new EmbedQueue(embed, (answer) => port?.postMessage(answer));
  port?.on('message', (request: WorkerRequest) => {
    if ('cancelled' in request) queue.cancel(request.cancelled);
    else queue.add(request);
  });
  tell({ ready: true });
} catch (error) {
  tell({ damaged: error instanceof Error ? error.message : String(error) });
}

async function loadModel(): Promise<(texts: readonly string[]) => Promise<readonly Float32Array[]>> {
  await verifyChecksums(join(place.directory, place.model));
  const { env, pipeline } = await import('@huggingface/transformers');
  env.localModelPath = place.directory;
  env.allowLocalModels = true;
  env.allowRemoteModels = false;
  const extract = await pipeline('feature-extraction', place.model, { dtype: 'q8' });
  return async (texts) => {
    const output = await extract([...texts], { pooling: 'mean', normalize: true });
    const data = Float32Array.from(output.data as ArrayLike<number>);
    const size = output.dims.at(-1) ?? 0;
    return texts.map((_, i) => data.slice(i * size, (i + 1) * size));
  };
}
