import type { TokenCounter } from '#libs/tokens';
import type { CompressionOptions } from './compression-options.js';
import type { CompressionOutcome, CompressionRequest } from './contract.js';

/**
 * Compresses what agents read, without loss first; see `runPipeline`, which is loaded with the first prompt: an idle
 * server holds none of it.
 */
export async function compressMessages(
  request: CompressionRequest,
  counter: TokenCounter,
  options: CompressionOptions = {},
): Promise<CompressionOutcome> {
  const { runPipeline } = await import('./run-pipeline.js');
  return runPipeline(request, counter, options);
}
