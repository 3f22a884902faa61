import { Worker } from 'node:worker_threads';
import type { ModelPlace } from './worker-messages.js';

/** Tests run from the sources: there the worker registers tsx before it imports the TypeScript file. */
export function spawnWorker(workerData: ModelPlace): Worker {
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL('./transformers.worker.js', import.meta.url), { workerData });
  }
  const source = JSON.stringify(new URL('./transformers.worker.ts', import.meta.url).href);
  const entry = `import('tsx/esm/api').then(({ register }) => { register(); return import(${source}); })`;
  return new Worker(entry, { eval: true, workerData });
}
