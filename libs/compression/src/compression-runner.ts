import type { CompressionOutcome, CompressionRequest } from './contract.js';

export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Where the pure pipeline runs: on the spot for small requests, on a worker thread for large ones. */
export abstract class CompressionRunner {
  /** Never rejects for a fault of the content; on a deadline the request comes back unchanged with the reason. */
  abstract run(request: CompressionRequest, options?: RunOptions): Promise<CompressionOutcome>;
}
