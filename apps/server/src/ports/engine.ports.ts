import {
  createEmbedder,
  type CreatedEmbedder,
  Database,
  localModel,
  LocalSimilarity,
  openEarlierModel,
  PiscinaCompressionRunner,
  SqlTurns,
  TimerPause,
  type ToolSettings,
} from '#libs/adapters';
import { OriginalStore, Retriever } from '#libs/ccr';
import { CompressionRunner, Compressor, SessionPins } from '#libs/compression';
import { ContextWindow, ImportanceScorer } from '#libs/context-window';
import {
  CompressionJournal,
  ContextBuilder,
  ContextService,
  FrozenContexts,
  FrozenPrefixStore,
  PromptCompression,
} from '#libs/conversation';
import { Clock, Ids, JobQueue, Pause } from '#libs/kernel';
import { ToolLearning } from '#libs/learning';
import {
  type Embedder,
  MemoryExtractor,
  MemoryInjector,
  MemoryService,
  MemoryStore,
  MemoryTools,
  OneProcess,
  Turns,
} from '#libs/memory';
import { Log, ShutdownPhases } from '#libs/platform';
import { ContentCompression } from '#libs/shared-context';
import { ModelRegistry, parseModelOverrides } from '#libs/tokens';
import { UsageRecorder } from '#libs/usage';
import { SERVER_CONFIG, type ServerConfig } from '../config/server-config.js';
import { toEmbedderCheck } from '../routes/health/embedder.mapper.js';
import { Readiness } from '../routes/health/readiness.js';
import { LearningRetriever } from './learning-retriever.js';
import { port } from './port.js';

/** The one embedder of this process, or why there is none: `CreatedEmbedder`. */
const EMBEDDER = Symbol('embedder');

/** What several resources do with what is stored: compress, fit, retrieve, remember. */
export const ENGINE_PORTS = [
  port(Pause, [], () => new TimerPause()),
  port(ModelRegistry, [SERVER_CONFIG], (config) => {
    const { modelLimits } = config as ServerConfig;
    return new ModelRegistry(parseModelOverrides(...modelLimits));
  }),
  port(CompressionRunner, [SERVER_CONFIG, ShutdownPhases], (config, shutdown) => {
    const runner = new PiscinaCompressionRunner(toolSettings(config as ServerConfig));
    shutdown.register('background', 'end the compression workers', () => runner.close());
    return runner;
  }),
  port(
    Compressor,
    [CompressionRunner, OriginalStore, SessionPins, ToolLearning],
    (runner, originals, sessions, learning) => new Compressor(runner, originals, sessions, learning),
  ),
  port(
    ContentCompression,
    [Compressor, OriginalStore],
    (compressor, originals) => new ContentCompression(compressor, originals),
  ),
  port(
    Retriever,
    [OriginalStore, Clock, SERVER_CONFIG, ToolLearning],
    (originals, clock, config, learning) =>
      new LearningRetriever(originals, clock, (config as ServerConfig).originals, learning),
  ),
  port(EMBEDDER, [SERVER_CONFIG, ShutdownPhases, Log], (config, shutdown, log) => {
    const created = createEmbedder(embedderConfig(config as ServerConfig), (level, news) => {
      log[level]({ reason: news }, 'embedder');
    });
    log.info({ reason: created.reason }, 'embedder');
    shutdown.register('background', 'close the embedder', () => created.embedder?.close());
    return created;
  }),
  port(
    ImportanceScorer,
    [ToolLearning, EMBEDDER],
    (learning, created) =>
      new ImportanceScorer(learning, new LocalSimilarity((created as CreatedEmbedder).embedder)),
  ),
  port(
    ContextWindow,
    [OriginalStore, ImportanceScorer],
    (originals, importance) => new ContextWindow(originals, importance),
  ),
  port(
    ContextBuilder,
    [Compressor, ContextWindow, ModelRegistry, MemoryInjector],
    (compressor, window, models, injector) => new ContextBuilder(compressor, window, models, injector),
  ),
  port(
    CompressionJournal,
    [UsageRecorder, ToolLearning, ModelRegistry, Clock, Ids],
    (usage, learning, models, clock, ids) => new CompressionJournal(usage, learning, models, clock, ids),
  ),
  port(
    ContextService,
    [ContextBuilder, FrozenPrefixStore, CompressionJournal, Clock],
    (builder, prefixes, journal, clock) =>
      new ContextService(new FrozenContexts(builder, prefixes), journal, clock),
  ),
  port(
    PromptCompression,
    [ContextBuilder, CompressionJournal, ModelRegistry, Clock],
    (builder, journal, models, clock) => new PromptCompression(builder, journal, models, clock),
  ),
  port(
    MemoryService,
    [
      SERVER_CONFIG,
      EMBEDDER,
      MemoryStore,
      Clock,
      Ids,
      Pause,
      JobQueue,
      Turns,
      Readiness,
      ShutdownPhases,
      Log,
    ],
    (config, created, store, clock, ids, pause, jobs, turns, readiness, shutdown, log) => {
      const settings = embedderConfig(config as ServerConfig);
      const { embedder, reason } = created as CreatedEmbedder;
      const openEarlier = (model: string): Embedder | null => openEarlierModel(settings, model);
      const { sessionTtlSeconds } = (config as ServerConfig).memory;
      const memories = new MemoryService(store, embedder, clock, ids, pause, jobs, {
        openEarlier,
        turns,
        sessionTtlSeconds,
        reportImport: ({ imported, skipped, failed }) => {
          log.info({ imported, skipped, failed }, 'memories imported so far');
        },
      });
      const isNamed = settings.embedder !== 'auto';
      readiness.add('embedder', async () =>
        toEmbedderCheck(await memories.embedderStatus(), { reason, isNamed }),
      );
      shutdown.register('background', 'store what memories are waiting for', () => memories.stop());
      memories.start();
      return memories;
    },
  ),
  port(
    MemoryInjector,
    [MemoryService, SERVER_CONFIG],
    (memories, config) => new MemoryInjector(memories, (config as ServerConfig).memory.placement),
  ),
  port(Turns, [SERVER_CONFIG, Database, Ids], (config, database, ids) =>
    // The embedded store belongs to one process alone.
    (config as ServerConfig).storage.storeUrl === undefined
      ? new OneProcess()
      : new SqlTurns(database, ids.next('srv')),
  ),
  port(MemoryExtractor, [MemoryService], (memories) => new MemoryExtractor(memories)),
  port(MemoryTools, [MemoryService, Clock], (memories, clock) => new MemoryTools(memories, clock)),
];

/** @throws HeadroomError `configuration_error` for a model that was named and is not there. */
function toolSettings(config: ServerConfig): ToolSettings {
  const { imageRouterModel, llmlinguaModel } = config.compression;
  const place = (model: string | undefined) =>
    model === undefined ? undefined : localModel(config.embedder.modelDir, model);
  return {
    embedder: embedderConfig(config),
    techniqueModel: place(imageRouterModel),
    classifierModel: place(llmlinguaModel),
  };
}

function embedderConfig({ embedder, providers }: ServerConfig): Parameters<typeof createEmbedder>[0] {
  return {
    embedder: embedder.kind,
    model: embedder.model,
    modelDir: embedder.modelDir,
    openAiApiKey: providers.openai.apiKey,
    openAiBaseUrl: providers.openai.baseUrl,
    hubUrl: embedder.hubUrl,
    ollamaBaseUrl: embedder.ollamaUrl,
  };
}
