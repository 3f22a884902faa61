import type { CompressionTools } from '#libs/compression';

/** The tools of this machine; each loads what it needs with its first use. */
export function openTools(): CompressionTools {
  return {};
}
