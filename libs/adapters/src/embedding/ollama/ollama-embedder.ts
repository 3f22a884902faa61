import { HeadroomError } from '#libs/kernel';
import { Embedder } from '#libs/memory';
import { z } from 'zod';
import { type EndpointOptions, inBatches, postForVectors } from '../embedding-endpoint.js';
import { toUnitLength } from '../unit-length.js';

export interface OllamaEmbedderOptions extends Omit<EndpointOptions, 'url' | 'headers'> {
  readonly model: string;
  /** Default `http://127.0.0.1:11434`. */
  readonly baseUrl?: string | undefined;
}

const BATCH = 32;
const ANSWER = z.object({ embeddings: z.array(z.array(z.number())) });

/** Embeds with `POST /api/embed` of an Ollama server; it cuts long texts to the model's context itself. */
export class OllamaEmbedder extends Embedder {
  override readonly model: string;
  readonly #endpoint: EndpointOptions;

  constructor(options: OllamaEmbedderOptions) {
    super();
    const { model, baseUrl = 'http://127.0.0.1:11434', ...limits } = options;
    this.model = model;
    this.#endpoint = { ...limits, url: `${baseUrl.replace(/\/+$/, '')}/api/embed` };
  }

  override embed(texts: readonly string[], signal?: AbortSignal): Promise<readonly Float32Array[]> {
    return inBatches(texts, BATCH, async (batch) => {
      const body = { model: this.model, input: batch.map((text) => text.toWellFormed()), truncate: true };
      const answer = ANSWER.safeParse(await postForVectors(this.#endpoint, body, signal));
      if (answer.data?.embeddings.length !== batch.length) {
        throw new HeadroomError('unavailable', 'The embedding service answered without one vector per text.');
      }
      return answer.data.embeddings.map(toUnitLength);
    });
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }
}
