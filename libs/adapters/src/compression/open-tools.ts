import type { CompressionTools } from '#libs/compression';
import { SharpImageCodec } from '../images/sharp-image-codec.js';

/** The tools of this machine; each loads what it needs with its first use. */
export function openTools(): CompressionTools {
  return { images: new SharpImageCodec() };
}
