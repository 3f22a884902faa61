export * from './contract.js';
export type { EmbedderStatus } from './embedding/background-embedding.js';
export type { OpenEarlier } from './embedding/earlier-models.js';
export * from './extract/block-stripper.js';
export * from './extract/memory-extractor.js';
export * from './inject/extraction-instruction.js';
export * from './inject/memory-injector.js';
export * from './memory-service.js';
export * from './model/memory.js';
export * from './model/succession.js';
export * from './ports/embedder.js';
export * from './ports/memory-audit.js';
export * from './ports/memory-store.js';
export * from './ports/turns.js';
export { Outline, type OutlineRow } from './ranking/outline.js';
export { joinPostings, postingsAt, postingsWithin, type TermPostings } from './ranking/postings.js';
export { rankByTerms, type KeywordQuery } from './ranking/rank-by-terms.js';
export type { Ranking, ScoredMemory } from './ranking/ranking.js';
export { traitsOf, type MemoryTraits } from './ranking/traits.js';
export { planRollback, retirement, rollbackChange, type RollbackStep } from './rollback/plan-rollback.js';
export type { Rollback, RollbackChange, RollbackRequest } from './rollback/rollback.js';
export * from './search/filter.js';
export { matchesFilter } from './search/match-filter.js';
export { filterFaults, parseFilter } from './search/parse-filter.js';
export { doubledIn } from './search/promoted.js';
export { isCurrent, judge, type ViewVerdict } from './search/view.js';
export type { MemoryToolName } from './tools/memory-tool-definitions.js';
export { keptOf } from './tools/kept-call.js';
export * from './tools/memory-tools.js';
export type { MemoryToolResult } from './tools/tool-result.js';
export { contentHash } from './write/content-hash.js';
export { inTurn } from './write/in-turn.js';
export type { PromotionLevel } from './write/promotion.js';
export {
  CONTENT_MAX_CHARACTERS,
  REASON_MAX_CHARACTERS,
  SUBJECT_MAX_CHARACTERS,
  textFault,
} from './write/validate-draft.js';
export type { ImportFault, ImportSummary } from './transfer/import-tally.js';
export type { ImportedMemory } from './transfer/imported-memory.js';
export { judgeImport, type ImportVerdict, type StoredTrace } from './transfer/judge-import.js';
export type { ExportRequest } from './transfer/memory-exporter.js';
export type { ImportRecord, ImportReport } from './transfer/memory-importer.js';
export {
  type AwaitingMember,
  type BrokenLink,
  type ChainMember,
  faultIn,
  settleChains,
} from './transfer/settle-chains.js';
export { type AwaitedLinks, tellOfEachOther, type ToldMemory } from './transfer/told-links.js';
