import type { EmbedOptions } from '#libs/memory';
import { z } from 'zod';
import type { EndpointOptions } from '../embedding-endpoint.js';
import { RemoteEmbedder } from '../remote-embedder.js';

export interface OllamaEmbedderOptions extends Omit<EndpointOptions, 'url' | 'headers' | 'remedyFor'> {
  readonly model: string;
  /** Default `http://127.0.0.1:11434`. */
  readonly baseUrl?: string | undefined;
}

/** It works on this machine or near by, one request after the other: a query waits for one small batch at most. */
const LIMITS = { texts: 16, characters: 64_000 };
const ANSWER = z.object({ embeddings: z.array(z.array(z.number())) });

/** Embeds with `POST /api/embed` of an Ollama server; it cuts long texts to the model's context itself. */
export class OllamaEmbedder extends RemoteEmbedder {
  constructor({ model, baseUrl = 'http://127.0.0.1:11434', ...options }: OllamaEmbedderOptions) {
    const remedyFor = (status: number): string | undefined =>
      status === 404 ? `Run \`ollama pull ${model}\`, or set HEADROOM_EMBEDDER_MODEL.` : undefined;
    super(model, { ...options, url: `${baseUrl.replace(/\/+$/, '')}/api/embed`, remedyFor }, LIMITS);
  }

  protected override async ask(
    batch: readonly string[],
    options: EmbedOptions,
  ): Promise<readonly (readonly number[])[] | undefined> {
    const body = { model: this.model, input: batch, truncate: true };
    return ANSWER.safeParse(await this.endpoint.post(body, options)).data?.embeddings;
  }
}
