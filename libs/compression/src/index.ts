export * from './compress-messages.js';
export * from './compression-config.js';
export * from './compression-options.js';
export * from './compression-runner.js';
export * from './compressor.js';
export * from './contract.js';
export * from './message-cache.js';
export * from './parse-compression-config.js';
export type { ContentKind } from './router/content-kind.js';
export * from './session/session-pins.js';
export { wasteSignals, wasteTogether, type WasteSignals } from './waste/waste-signals.js';
export { firstVolatile } from './waste/volatile-text.js';
export { missingCharacters } from './message-key.js';
export { supersededResults } from './repetition/superseded-results.js';
export type { CompressionTools } from './tools.js';
export { RelevanceEmbedder } from './relevance-embedder.js';
export {
  SyntaxParser,
  type CodeLanguage,
  type SyntaxNode,
  type SyntaxOutline,
  type SyntaxRange,
  type SyntaxTree,
} from './stages/code/syntax-parser.js';
export {
  ImageCodec,
  type EncodedImage,
  type GrayImage,
  type ImageChange,
  type ImageFacts,
  type Region,
} from './stages/image/image-codec.js';
export type { ImageTechnique } from './stages/image/choose-technique.js';
export { TechniqueRouter } from './stages/image/technique-router.js';
export { TokenClassifier } from './stages/text/token-classifier.js';
export { ONGOING_CONVERSATION } from './ongoing-conversation.js';
