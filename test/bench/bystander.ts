import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Between an answer and the next request. */
const EVERY_MS = 5;

/** Someone who asks a server for one thing again and again while others keep it busy, in a thread of its own. */
export class Bystander {
  readonly #worker: Worker;

  constructor(url: string) {
    this.#worker = new Worker(new URL('bystander-thread.mjs', import.meta.url), {
      workerData: { url, everyMs: EVERY_MS },
    });
  }

  /** Asks no more. @returns how many milliseconds each answer took. */
  async end(): Promise<readonly number[]> {
    const told = once(this.#worker, 'message') as Promise<[number[]]>;
    this.#worker.postMessage('end');
    const [took] = await told;
    return took;
  }

  async dismiss(): Promise<void> {
    await this.#worker.terminate();
  }
}
