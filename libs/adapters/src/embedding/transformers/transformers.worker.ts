import { parentPort, workerData } from 'node:worker_threads';
import type { EmbedAnswer, EmbedJob, ModelPlace } from './worker-messages.js';

/** Runs the model off the main thread: inference blocks for hundreds of milliseconds. */
const BATCH = 16;
const place = workerData as ModelPlace;
const port = parentPort;

const { env, pipeline } = await import('@huggingface/transformers');
env.localModelPath = place.directory;
env.allowLocalModels = true;
env.allowRemoteModels = place.allowDownload;
if (place.allowDownload) env.cacheDir = place.directory;
const extract = await pipeline('feature-extraction', place.model, { dtype: 'q8' });

/** One job after the other: two at a time would only share the same cores. */
let queue = Promise.resolve();
port?.on('message', (job: EmbedJob) => {
  queue = queue.then(async () => {
    port.postMessage(await answer(job));
  });
});
port?.postMessage({ ready: true });

async function answer({ id, texts }: EmbedJob): Promise<EmbedAnswer> {
  try {
    const vectors: Float32Array[] = [];
    for (let start = 0; start < texts.length; start += BATCH) {
      const output = await extract(texts.slice(start, start + BATCH), { pooling: 'mean', normalize: true });
      const data = Float32Array.from(output.data as ArrayLike<number>);
      const size = output.dims.at(-1) ?? 0;
      for (let from = 0; from < data.length; from += size) vectors.push(data.slice(from, from + size));
    }
    return { id, vectors };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}
