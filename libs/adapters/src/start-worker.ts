import { Worker } from 'node:worker_threads';

/**
 * Starts a worker thread. Tests run from the sources: there it registers tsx before it imports the TypeScript file.
 * @param script where the built file is, which ends in `.js`.
 */
export function startWorker(script: URL, workerData: object): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(script, { workerData });
  const source = JSON.stringify(script.href.replace(/\.js$/, '.ts'));
  const entry = `import('tsx/esm/api').then(({ register }) => { register(); return import(${source}); })`;
  return new Worker(entry, { eval: true, workerData });
}
