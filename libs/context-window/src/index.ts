export * from './context-window.js';
export * from './contract.js';
export { ImportanceScorer } from './scoring/importance-scorer.js';
export type { MessageScore } from './scoring/message-score.js';
export type { TextEmbedder } from './scoring/text-embedder.js';
export type { ToolExperience } from './scoring/toin-importance.js';
export type { ScoringWeights } from './scoring/weights.js';
