import type { Caller } from '#libs/kernel';
import type { OriginalStore } from '#libs/ccr';
import type { CompressionRunner, RunOptions } from './compression-runner.js';
import type { CompressionOutcome, CompressionRequest } from './contract.js';

/** Compresses and keeps what it took out: originals are durable before anybody sees a marker. */
export class Compressor {
  constructor(
    private readonly runner: CompressionRunner,
    private readonly originals: OriginalStore,
  ) {}

  async compress(
    caller: Caller,
    request: CompressionRequest,
    options?: RunOptions,
  ): Promise<CompressionOutcome> {
    const outcome = await this.runner.run(request, options);
    if (outcome.originals.length > 0) await this.originals.put(caller, outcome.originals);
    return outcome;
  }
}
