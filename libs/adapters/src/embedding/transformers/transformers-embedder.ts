import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { HeadroomError } from '#libs/kernel';
import { Embedder } from '#libs/memory';
import type { EmbedJob, ModelPlace, WorkerMessage } from './worker-messages.js';

export interface TransformersEmbedderOptions {
  /** The model's folder below `modelDir`, laid out as `@huggingface/transformers` loads it. */
  readonly model: string;
  readonly modelDir: string;
  /** Whether a missing model may be fetched from the model hub; default false. */
  readonly allowDownload?: boolean | undefined;
}

interface Waiting {
  readonly resolve: (vectors: readonly Float32Array[]) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Embeds on this machine with an ONNX model, in a worker thread of its own (mean pooling, unit length). The worker
 * and its model are loaded with the first text; a worker that died is started again with the next one.
 */
export class TransformersEmbedder extends Embedder {
  override readonly isLocal = true;
  override readonly model: string;
  readonly #place: ModelPlace;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #nextId = 0;

  /** @throws HeadroomError `configuration_error` when the package or the model's folder is missing. */
  constructor(options: TransformersEmbedderOptions) {
    super();
    const { model, modelDir: directory, allowDownload = false } = options;
    if (!allowDownload && !hasModel(directory, model)) {
      throw new HeadroomError(
        'configuration_error',
        `There is no embedding model at ${join(directory, model)}; put its folder there (config.json, tokenizer.json, onnx/), or set HEADROOM_EMBEDDER=none.`,
      );
    }
    if (!hasTransformers()) {
      throw new HeadroomError(
        'configuration_error',
        'The optional package @huggingface/transformers is not installed; run `npm install @huggingface/transformers`, or set HEADROOM_EMBEDDER=none.',
      );
    }
    this.model = model;
    this.#place = { directory, model, allowDownload };
  }

  override embed(texts: readonly string[], signal?: AbortSignal): Promise<readonly Float32Array[]> {
    if (texts.length === 0) return Promise.resolve([]);
    const worker = (this.#worker ??= this.#startWorker());
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      signal?.addEventListener('abort', () => {
        this.#waiting.delete(id);
        reject(new HeadroomError('unavailable', 'The embedding was cancelled.'));
      });
      worker.ref();
      worker.postMessage({ id, texts } satisfies EmbedJob);
    });
  }

  override async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }

  #startWorker(): Worker {
    const worker = spawnWorker(this.#place);
    worker.on('message', (message: WorkerMessage) => {
      if (!('ready' in message)) this.#settle(message);
      if (this.#waiting.size === 0) worker.unref();
    });
    worker.on('error', (error) => {
      this.#abandon(worker, error);
    });
    worker.on('exit', () => {
      this.#abandon(worker, new Error('its worker ended'));
    });
    worker.unref();
    return worker;
  }

  #settle(message: Exclude<WorkerMessage, { ready: true }>): void {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ('vectors' in message) waiting?.resolve(message.vectors);
    else waiting?.reject(failure(new Error(message.error)));
  }

  #abandon(worker: Worker, error: Error): void {
    if (this.#worker === worker) this.#worker = null;
    for (const { reject } of this.#waiting.values()) reject(failure(error));
    this.#waiting.clear();
  }
}

/** Whether the model's folder stands below the directory. */
export function hasModel(directory: string, model: string): boolean {
  return existsSync(join(directory, model, 'config.json')) && existsSync(join(directory, model, 'onnx'));
}

/** Whether the optional package can be imported; it is not loaded by asking. */
export function hasTransformers(): boolean {
  try {
    import.meta.resolve('@huggingface/transformers');
    return true;
  } catch {
    return false;
  }
}

/** Tests run from the sources: there the worker registers tsx before it imports the TypeScript file. */
function spawnWorker(workerData: ModelPlace): Worker {
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL('./transformers.worker.js', import.meta.url), { workerData });
  }
  const source = JSON.stringify(new URL('./transformers.worker.ts', import.meta.url).href);
  const entry = `import('tsx/esm/api').then(({ register }) => { register(); return import(${source}); })`;
  return new Worker(entry, { eval: true, workerData });
}

function failure(error: Error): HeadroomError {
  return new HeadroomError(
    'unavailable',
    `The local embedding model failed: ${error.message}`,
    {},
    { cause: error },
  );
}
