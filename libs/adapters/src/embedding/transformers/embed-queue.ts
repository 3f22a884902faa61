import { batchesOf, type BatchLimits } from '../batches.js';
import type { EmbedAnswer, EmbedJob } from './worker-messages.js';

/** Small enough that a query waits a fraction of a second for the batch in hand. */
const LIMITS: BatchLimits = { texts: 16, characters: 8_000 };

interface OpenJob {
  readonly id: number;
  readonly batches: Generator<readonly string[]>;
  readonly vectors: Float32Array[];
}

/**
 * Embeds batch by batch, one at a time, since two would only share the same cores. Between two batches of a background
 * job whatever somebody waits for goes first.
 */
export class EmbedQueue {
  readonly #urgent: OpenJob[] = [];
  readonly #background: OpenJob[] = [];
  #isRunning = false;

  constructor(
    private readonly embed: (texts: readonly string[]) => Promise<readonly Float32Array[]>,
    private readonly answer: (answer: EmbedAnswer) => void,
  ) {}

  add({ id, texts, isBackground }: EmbedJob): void {
    const job = { id, batches: batchesOf(texts, LIMITS), vectors: [] };
    (isBackground ? this.#background : this.#urgent).push(job);
    void this.#run();
  }

  cancel(id: number): void {
    for (const lane of [this.#urgent, this.#background]) {
      const index = lane.findIndex((job) => job.id === id);
      if (index >= 0) lane.splice(index, 1);
    }
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    for (let job = this.#next(); job !== undefined; job = this.#next()) {
      await this.#step(job);
      // Lets messages in: a query that came meanwhile, or a cancellation.
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#isRunning = false;
  }

  #next(): OpenJob | undefined {
    return this.#urgent[0] ?? this.#background[0];
  }

  async #step(job: OpenJob): Promise<void> {
    const { id, batches, vectors } = job;
    const batch = batches.next();
    if (batch.done === true) {
      this.cancel(id);
      this.answer({ id, vectors });
      return;
    }
    try {
      vectors.push(...(await this.embed(batch.value)));
    } catch (error) {
      this.cancel(id);
      this.answer({ id, error: error instanceof Error ? error.message : String(error) });
    }
  }
}
