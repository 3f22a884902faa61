import { HeadroomError } from '#libs/kernel';
import { Embedder } from '#libs/memory';
import { z } from 'zod';
import { type EndpointOptions, inBatches, postForVectors } from '../embedding-endpoint.js';
import { toUnitLength } from '../unit-length.js';

export interface OpenAiEmbedderOptions extends Omit<EndpointOptions, 'url' | 'headers'> {
  readonly model: string;
  readonly apiKey: string;
  /** Origin; a trailing `/v1` is tolerated. */
  readonly baseUrl?: string | undefined;
}

const BATCH = 256;
/** The models take 8,191 tokens; a token is seldom shorter than two characters in prose, and never than one. */
const MAX_CHARACTERS = 16_000;
const ANSWER = z.object({
  data: z.array(z.object({ index: z.number().int(), embedding: z.array(z.number()) })),
});

/** Embeds with `POST /v1/embeddings` of OpenAI, or of a service that speaks the same. */
export class OpenAiEmbedder extends Embedder {
  override readonly model: string;
  readonly #endpoint: EndpointOptions;

  constructor(options: OpenAiEmbedderOptions) {
    super();
    const { model, apiKey, baseUrl = 'https://api.openai.com', ...limits } = options;
    this.model = model;
    this.#endpoint = {
      ...limits,
      url: `${baseUrl.replace(/\/+$/, '').replace(/\/v1$/, '')}/v1/embeddings`,
      headers: { authorization: `Bearer ${apiKey}` },
    };
  }

  override embed(texts: readonly string[], signal?: AbortSignal): Promise<readonly Float32Array[]> {
    return inBatches(texts, BATCH, async (batch) => {
      const input = batch.map((text) => text.slice(0, MAX_CHARACTERS).toWellFormed());
      const body = { model: this.model, input, encoding_format: 'float' };
      const answer = ANSWER.safeParse(await postForVectors(this.#endpoint, body, signal));
      if (answer.data?.data.length !== batch.length) {
        throw new HeadroomError('unavailable', 'The embedding service answered without one vector per text.');
      }
      const ordered = [...answer.data.data].sort((a, b) => a.index - b.index);
      return ordered.map(({ embedding }) => toUnitLength(embedding));
    });
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }
}
