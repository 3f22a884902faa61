import type { CompressionTools } from '#libs/compression';
import { createEmbedder, type EmbedderConfig } from '../embedding/create-embedder.js';
import { SharpImageCodec } from '../images/sharp-image-codec.js';
import { TreeSitterParser } from '../syntax/tree-sitter-parser.js';
import { TransformersTechniqueRouter } from '../images/transformers-technique-router.js';
import type { LocalModel } from '../local-models/local-model.js';
import { TransformersTokenClassifier } from '../token-classifier/transformers-token-classifier.js';
import { EmbedderRelevance } from './embedder-relevance.js';

/** Which tools to open. Only data: it crosses into worker threads. */
export interface ToolSettings {
  /** Embeds for the relevance tiers `embedding` and `hybrid`; without it they fall back to `bm25`. */
  readonly embedder?: EmbedderConfig | undefined;
  /** A text classifier that chooses the technique for images; without it rules do. */
  readonly techniqueModel?: LocalModel | undefined;
  /** A token classifier of the LLMLingua-2 kind that chooses the words of prose; without it sentences are chosen. */
  readonly classifierModel?: LocalModel | undefined;
}

/** The tools of this machine; each loads what it needs with its first use. */
export function openTools({
  embedder,
  techniqueModel,
  classifierModel,
}: ToolSettings = {}): CompressionTools {
  const created = embedder && createEmbedder(embedder).embedder;
  return {
    syntax: new TreeSitterParser(),
    images: new SharpImageCodec(),
    techniqueRouter: techniqueModel && new TransformersTechniqueRouter(techniqueModel),
    classifier: classifierModel && new TransformersTokenClassifier(classifierModel),
    embedder: created ? new EmbedderRelevance(created) : undefined,
  };
}
