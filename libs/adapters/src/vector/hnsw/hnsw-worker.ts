import type { Worker } from 'node:worker_threads';
import { startWorker } from '../../start-worker.js';
import type { IndexAnswers, IndexTask, WorkerReply, WorkerRequest, WorkerSetup } from './worker-messages.js';

interface Waiting {
  readonly resolve: (answer: IndexAnswers[keyof IndexAnswers]) => void;
  readonly reject: (error: Error) => void;
}

/** The worker thread of one index. When it ends, whoever waits for it is told. */
export class HnswWorker {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 0;
  #hasEnded = false;

  constructor(setup: WorkerSetup) {
    this.#worker = startWorker(new URL('./hnsw.worker.js', import.meta.url), setup);
    this.#worker.unref();
    this.#worker.on('message', (reply: WorkerReply) => {
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if (this.#waiting.size === 0) this.#worker.unref();
      if ('error' in reply) waiting?.reject(new Error(reply.error));
      else waiting?.resolve(reply.answer);
    });
    this.#worker.on('error', (error) => {
      this.#abandon(error);
    });
    this.#worker.on('exit', () => {
      this.#abandon(new Error('The worker of the index has ended.'));
    });
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  ask<Kind extends IndexTask['kind']>(
    task: Extract<IndexTask, { readonly kind: Kind }>,
  ): Promise<IndexAnswers[Kind]> {
    if (this.#hasEnded) return Promise.reject(new Error('The worker of the index has ended.'));
    const id = this.#nextId++;
    return new Promise<IndexAnswers[keyof IndexAnswers]>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage({ id, task } satisfies WorkerRequest);
    }) as Promise<IndexAnswers[Kind]>;
  }

  async end(): Promise<void> {
    this.#hasEnded = true;
    await this.#worker.terminate();
  }

  #abandon(error: Error): void {
    this.#hasEnded = true;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** Whether the optional package can be imported; it is not loaded by asking. */
export function hasHnswlib(): boolean {
  try {
    import.meta.resolve('hnswlib-node');
    return true;
  } catch {
    return false;
  }
}
