import type { CompressionTools } from '#libs/compression';
import { createEmbedder, type EmbedderConfig } from '../embedding/create-embedder.js';
import { SharpImageCodec } from '../images/sharp-image-codec.js';
import { EmbedderRelevance } from './embedder-relevance.js';

/** Which tools to open. Only data: it crosses into worker threads. */
export interface ToolSettings {
  /** Embeds for the relevance tiers `embedding` and `hybrid`; without it they fall back to `bm25`. */
  readonly embedder?: EmbedderConfig | undefined;
}

/** The tools of this machine; each loads what it needs with its first use. */
export function openTools({ embedder }: ToolSettings = {}): CompressionTools {
  const created = embedder && createEmbedder(embedder).embedder;
  return {
    images: new SharpImageCodec(),
    embedder: created ? new EmbedderRelevance(created) : undefined,
  };
}
