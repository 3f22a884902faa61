import type { OriginalStore } from '#libs/ccr';
import {
  Compressor,
  CompressionRunner,
  compressMessages,
  type CompressionOutcome,
  type CompressionRequest,
} from '#libs/compression';
import { loadTokenCounter } from '#libs/tokens';

/** Runs the pure pipeline on the spot. */
class InlineRunner extends CompressionRunner {
  async run(request: CompressionRequest): Promise<CompressionOutcome> {
    return compressMessages(request, await loadTokenCounter(request.model));
  }
}

/** A compressor without worker threads. */
export function aCompressor(originals: OriginalStore): Compressor {
  return new Compressor(new InlineRunner(), originals);
}
