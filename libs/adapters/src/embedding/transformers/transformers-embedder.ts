import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { HeadroomError } from '#libs/kernel';
import { Embedder, type EmbedOptions } from '#libs/memory';
import type { LocalModel } from '../../local-models/local-model.js';
import { startWorker } from '../../start-worker.js';
import type { EmbedAnswer, WorkerMessage, WorkerRequest } from './worker-messages.js';

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
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #isLoaded = false;
  #loading: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  #nextId = 0;

  /** @param onDamaged is told why the model's files cannot be loaded. */
  constructor(
    private readonly place: LocalModel,
    private readonly onDamaged: (detail: string) => void = () => undefined,
  ) {
    super();
    this.model = place.model;
  }

  /** Loads the model, so that the first text need not wait for it. @throws HeadroomError `unavailable`. */
  load(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#loading.push({ resolve, reject });
      if (this.#isLoaded) this.#loaded();
      else this.#worker ??= this.#startWorker();
    });
  }

  override embed(texts: readonly string[], options: EmbedOptions = {}): Promise<readonly Float32Array[]> {
    if (texts.length === 0) return Promise.resolve([]);
    const { signal, isBackground = false } = options;
    const worker = (this.#worker ??= this.#startWorker());
    const send = (request: WorkerRequest): void => {
      worker.postMessage(request);
    };
    const id = this.#nextId++;
    const cancel = (): void => {
      const waiting = this.#waiting.get(id);
      if (!this.#waiting.delete(id)) return;
      send({ cancelled: id });
      waiting?.reject(new HeadroomError('unavailable', 'The embedding was cancelled.'));
    };
    const embedded = new Promise<readonly Float32Array[]>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      signal?.addEventListener('abort', cancel, { once: true });
      worker.ref();
      send({ id, texts, isBackground });
    });
    // A signal may live as long as the server.
    return embedded.finally(() => signal?.removeEventListener('abort', cancel));
  }

  override async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #startWorker(): Worker {
    const worker = startWorker(new URL('./transformers.worker.js', import.meta.url), this.place);
    worker.on('message', (message: WorkerMessage) => {
      if ('damaged' in message) this.#giveUp(worker, message.damaged);
      else if ('id' in message) this.#settle(message);
      else this.#loaded();
      if (this.#waiting.size === 0) worker.unref();
    });
    worker.on('error', (error) => {
      this.#abandon(worker, failure(error.message, error));
    });
    worker.on('exit', () => {
      this.#abandon(worker, failure('its worker ended'));
    });
    worker.unref();
    return worker;
  }

  #loaded(): void {
    this.#isLoaded = true;
    this.#loading.splice(0).forEach(({ resolve }) => {
      resolve();
    });
  }

  #settle(message: EmbedAnswer): void {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ('vectors' in message) waiting?.resolve(message.vectors);
    else waiting?.reject(failure(message.error));
  }

  #giveUp(worker: Worker, why: string): void {
    const { directory, model } = this.place;
    const folder = join(directory, model);
    const detail = `The model in ${folder} cannot be loaded: ${why}. Delete this folder, so that the model is downloaded again, or put a sound one there.`;
    this.#abandon(worker, new HeadroomError('unavailable', detail));
    void worker.terminate();
    this.onDamaged(detail);
  }

  /** A worker that was replaced already has nobody waiting for it. */
  #abandon(worker: Worker, error: HeadroomError): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    this.#isLoaded = false;
    for (const { reject } of [...this.#waiting.values(), ...this.#loading.splice(0)]) reject(error);
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

function failure(why: string, cause?: unknown): HeadroomError {
  return new HeadroomError('unavailable', `The local embedding model failed: ${why}`, {}, { cause });
}
