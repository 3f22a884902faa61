import { HeadroomError } from '#libs/kernel';
import type { EmbedOptions } from '#libs/memory';
import { z } from 'zod';
import { type EndpointOptions, RefusedError } from '../embedding-endpoint.js';
import { RemoteEmbedder } from '../remote-embedder.js';
import { clipLikely, clipSurely } from './clip-text.js';

export interface OpenAiEmbedderOptions extends Omit<EndpointOptions, 'url' | 'headers' | 'remedyFor'> {
  readonly model: string;
  readonly apiKey: string;
  /** Origin; a trailing `/v1` is tolerated. */
  readonly baseUrl?: string | undefined;
}

/** The service takes 2,048 texts and 300,000 tokens at a time; smaller batches answer sooner. */
const LIMITS = { texts: 256, characters: 256_000 };
const ANSWER = z.object({
  data: z.array(z.object({ index: z.number().int(), embedding: z.array(z.number()) })),
});

/** Embeds with `POST /v1/embeddings` of OpenAI, or of a service that speaks the same. */
export class OpenAiEmbedder extends RemoteEmbedder {
  constructor({ model, apiKey, baseUrl = 'https://api.openai.com', ...options }: OpenAiEmbedderOptions) {
    const url = `${baseUrl.replace(/\/+$/, '').replace(/\/v1$/, '')}/v1/embeddings`;
    const headers = { authorization: `Bearer ${apiKey}` };
    super(model, { ...options, url, headers, remedyFor }, LIMITS);
  }

  override embed(texts: readonly string[], options?: EmbedOptions): Promise<readonly Float32Array[]> {
    return super.embed(texts.map(clipLikely), options);
  }

  protected override async ask(
    batch: readonly string[],
    options: EmbedOptions,
  ): Promise<readonly (readonly number[])[] | undefined> {
    try {
      return await this.#post(batch, options);
    } catch (error) {
      const shorter = batch.map(clipSurely);
      // A text of many tokens, in a script of few letters a token, say.
      if (!isBadRequest(error) || shorter.every((text, i) => text === batch[i])) throw error;
      return this.#post(shorter, options);
    }
  }

  async #post(
    input: readonly string[],
    options: EmbedOptions,
  ): Promise<readonly (readonly number[])[] | undefined> {
    const body = { model: this.model, input, encoding_format: 'float' };
    const answer = ANSWER.safeParse(await this.endpoint.post(body, options));
    return answer.data?.data.toSorted((a, b) => a.index - b.index).map(({ embedding }) => embedding);
  }
}

function remedyFor(status: number): string | undefined {
  if (status === 401 || status === 403) return 'Check OPENAI_API_KEY.';
  if (status === 404) return 'Check HEADROOM_EMBEDDER_MODEL and OPENAI_TARGET_API_URL.';
  return undefined;
}

function isBadRequest(error: unknown): boolean {
  const cause = error instanceof HeadroomError ? error.cause : undefined;
  return cause instanceof RefusedError && (cause.status === 400 || cause.status === 413);
}
