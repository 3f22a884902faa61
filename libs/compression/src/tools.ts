import type { RelevanceEmbedder } from './relevance-embedder.js';
import type { SyntaxParser } from './stages/code/syntax-parser.js';
import type { ImageCodec } from './stages/image/image-codec.js';
import type { TechniqueRouter } from './stages/image/technique-router.js';
import type { TokenClassifier } from './stages/text/token-classifier.js';

/** What stages need of the world outside; a stage whose tool is missing leaves its input as it is and says so. */
export interface CompressionTools {
  readonly syntax?: SyntaxParser | undefined;
  readonly images?: ImageCodec | undefined;
  readonly techniqueRouter?: TechniqueRouter | undefined;
  readonly classifier?: TokenClassifier | undefined;
  readonly embedder?: RelevanceEmbedder | undefined;
}
