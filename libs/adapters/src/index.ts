export { Database } from './database/database.js';
export type { DatabaseDescription } from './database/database.js';
export { openDatabase } from './database/open-database.js';
export type { DatabaseOptions } from './database/open-database.js';
export type { UnitObserver } from './database/timed-unit-of-work.js';
export { SQLITE_FILE } from './database/dialects/sqlite/open-sqlite.js';
export { InMemoryConversationStore } from './in-memory/in-memory-conversation-store.js';
export { InMemoryFrozenPrefixStore } from './in-memory/in-memory-frozen-prefix-store.js';
export { InMemoryHiddenCallStore } from './in-memory/in-memory-hidden-call-store.js';
export { InMemoryHandoffStore } from './in-memory/in-memory-handoff-store.js';
export { InMemoryIdempotencyStore } from './in-memory/in-memory-idempotency-store.js';
export { InMemoryOriginalStore } from './in-memory/in-memory-original-store.js';
export { InMemoryPatternStore } from './in-memory/in-memory-pattern-store.js';
export { InMemorySessionPins } from './in-memory/in-memory-session-pins.js';
export { InMemorySharedContextStore } from './in-memory/in-memory-shared-context-store.js';
export { InMemoryContextEventLog } from './in-memory/in-memory-context-event-log.js';
export { InMemoryTurns } from './in-memory/in-memory-turns.js';
export { InMemoryUsageStore } from './in-memory/in-memory-usage-store.js';
export { InMemoryUserErasure } from './in-memory/in-memory-user-erasure.js';
export { SqlConversationStore } from './database/conversations/sql-conversation-store.js';
export { SqlFrozenPrefixStore } from './database/conversations/sql-frozen-prefix-store.js';
export { SqlHiddenCallStore } from './database/hidden-calls/sql-hidden-call-store.js';
export { SqlHandoffStore } from './database/shared-contexts/handoffs/sql-handoff-store.js';
export { SqlIdempotencyStore } from './database/idempotency/sql-idempotency-store.js';
export { SqlOriginalStore } from './database/originals/sql-original-store.js';
export { SqlPatternStore } from './database/learning/sql-pattern-store.js';
export { SqlSessionPins } from './database/sessions/sql-session-pins.js';
export { SqlSharedContextStore } from './database/shared-contexts/sql-shared-context-store.js';
export { SqlContextEventLog } from './database/shared-contexts/events/sql-context-event-log.js';
export { SqlUsageStore } from './database/usage/sql-usage-store.js';
export { SqlTurns } from './database/turns/sql-turns.js';
export { SqlUserErasure } from './database/erasure/sql-user-erasure.js';
export { withoutHopByHop } from './providers/hop-by-hop.js';
export { UndiciProvider, type UndiciProviderOptions } from './providers/undici-provider.js';
export { InMemoryMemoryStore } from './in-memory/in-memory-memory-store.js';
export { TreeSitterParser } from './syntax/tree-sitter-parser.js';
export { localModel, type LocalModel } from './local-models/local-model.js';
export { TimerPause } from './timer-pause.js';
export { PiscinaCompressionRunner } from './compression/piscina-compression-runner.js';
export { openTools, type ToolSettings } from './compression/open-tools.js';
export {
  createEmbedder,
  openEarlierModel,
  type CreatedEmbedder,
  DEFAULT_LOCAL_MODEL,
  type EmbedderConfig,
  type EmbedderKind,
} from './embedding/create-embedder.js';
export { LocalSimilarity } from './embedding/local-similarity.js';
export { SqlApiKeyStore } from './database/access/sql-api-key-store.js';
export { SqlMemoryStore } from './database/memories/sql-memory-store.js';
export { SqlMemoryAudit } from './database/memories/audit/sql-memory-audit.js';
export { BullMqJobQueue } from './queue/bullmq/bullmq-job-queue.js';
export type { BullMqSettings } from './queue/bullmq/bullmq-settings.js';
export { FailedJobs } from './queue/failed-jobs.js';
export { InProcessJobQueue } from './queue/in-process-job-queue.js';
export { SqlFailedJobs } from './database/jobs/sql-failed-jobs.js';
export type { JobAttempt, QueueSettings } from './queue/queue-options.js';
export { InMemoryApiKeyStore } from './in-memory/in-memory-api-key-store.js';
export { OllamaEmbedder } from './embedding/ollama/ollama-embedder.js';
export { OpenAiEmbedder } from './embedding/openai/openai-embedder.js';
export { downloadModel } from './local-models/model-download.js';
export { LocalEmbedder } from './embedding/transformers/local-embedder.js';
export { TransformersEmbedder } from './embedding/transformers/transformers-embedder.js';
export { BroadcastWakeups } from './wakeups/broadcast-wakeups.js';
export { InProcessWakeups } from './wakeups/in-process-wakeups.js';
export { PostgresBroadcast } from './wakeups/postgres-broadcast.js';
export { RedisBroadcast } from './wakeups/redis-broadcast.js';
