import { HeadroomError } from '#libs/kernel';
import { Embedder, type EmbedOptions } from '#libs/memory';
import { batchesOf, type BatchLimits } from './batches.js';
import { EmbeddingEndpoint, type EndpointOptions } from './embedding-endpoint.js';
import { toUnitLength } from './unit-length.js';

/** Services refuse an empty text; this one means as little. */
const NOTHING = '.';

/** What the embedders of all services have in common: batches, as many at a time as the endpoint lets through. */
export abstract class RemoteEmbedder extends Embedder {
  protected readonly endpoint: EmbeddingEndpoint;

  constructor(
    override readonly model: string,
    endpoint: EndpointOptions,
    private readonly limits: BatchLimits,
  ) {
    super();
    this.endpoint = new EmbeddingEndpoint(endpoint);
  }

  override async embed(
    texts: readonly string[],
    options: EmbedOptions = {},
  ): Promise<readonly Float32Array[]> {
    const sendable = texts.map((text) => (text.trim() === '' ? NOTHING : text.toWellFormed()));
    const batches = [...batchesOf(sendable, this.limits)];
    const answers = await Promise.all(
      batches.map(async (batch) => {
        const vectors = await this.ask(batch, options);
        if (vectors?.length === batch.length) return vectors;
        throw new HeadroomError('unavailable', 'The embedding service answered without one vector per text.');
      }),
    );
    return answers.flat().map(toUnitLength);
  }

  override close(): Promise<void> {
    return this.endpoint.close();
  }

  /** @returns one vector per text in order, or undefined when the answer is not of the service's shape. */
  protected abstract ask(
    batch: readonly string[],
    options: EmbedOptions,
  ): Promise<readonly (readonly number[])[] | undefined>;
}
