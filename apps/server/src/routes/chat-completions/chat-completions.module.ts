import { Module } from '@nestjs/common';
import { OriginalStore, Retriever } from '#libs/ccr';
import {
  ChatProvider,
  ChatTurn,
  HiddenCallStore,
  HiddenHistory,
  MemoryToolset,
  OpenAiDialect,
  PendingWork,
  PromptPreparation,
  RetrievalToolset,
  TurnRecords,
  TurnTools,
} from '#libs/chat';
import { ContextBuilder } from '#libs/conversation';
import { Clock, Ids } from '#libs/kernel';
import { ToolLearning } from '#libs/learning';
import { MemoryExtractor, MemoryInjector, MemoryTools } from '#libs/memory';
import { Log, ShutdownPhases } from '#libs/platform';
import { ModelRegistry } from '#libs/tokens';
import { UsageRecorder } from '#libs/usage';
import { ProviderModule } from '../provider-passthrough/provider.module.js';
import { ChatCompletionsController } from './chat-completions.controller.js';
import { SERVER_CONFIG, type ServerConfig } from '../../config/server-config.js';
import { LoggedTurns } from './logged-turns.js';
import { RetrievalOfOriginals } from './retrieval-of-originals.js';
import { ShapedByContextBuilder } from './shaped-by-context-builder.js';
import { TurnMemories } from './turn-memories.js';

@Module({
  imports: [ProviderModule],
  controllers: [ChatCompletionsController],
  providers: [
    {
      provide: PendingWork,
      inject: [ShutdownPhases],
      useFactory: (shutdown: ShutdownPhases) => {
        const pending = new PendingWork();
        shutdown.register('background', 'store what models wanted remembered', () => pending.drain());
        return pending;
      },
    },
    {
      provide: ChatTurn,
      inject: [
        ChatProvider,
        MemoryInjector,
        MemoryExtractor,
        MemoryTools,
        ContextBuilder,
        Retriever,
        OriginalStore,
        HiddenCallStore,
        UsageRecorder,
        ModelRegistry,
        ToolLearning,
        PendingWork,
        Clock,
        Ids,
        Log,
        SERVER_CONFIG,
      ],
      useFactory: (
        provider: ChatProvider,
        injector: MemoryInjector,
        extractor: MemoryExtractor,
        memoryTools: MemoryTools,
        contexts: ContextBuilder,
        retriever: Retriever,
        originals: OriginalStore,
        hiddenCalls: HiddenCallStore,
        usage: UsageRecorder,
        models: ModelRegistry,
        learning: ToolLearning,
        pending: PendingWork,
        clock: Clock,
        ids: Ids,
        log: Log,
        { compression }: ServerConfig,
      ) => {
        const dialect = new OpenAiDialect();
        const hidden = new HiddenHistory(dialect, hiddenCalls);
        const memory = new TurnMemories(injector, extractor);
        const retrieval = new RetrievalToolset(new RetrievalOfOriginals(retriever, originals, 'openai'));
        const observer = new LoggedTurns(usage, log);
        const tools = new TurnTools([new MemoryToolset(memoryTools), retrieval], observer);
        const context = new ShapedByContextBuilder(contexts, learning, compression);
        return new ChatTurn({
          dialect,
          provider,
          memory,
          tools,
          hidden,
          pending,
          preparation: new PromptPreparation(dialect, memory, context, tools, hidden),
          records: new TurnRecords(dialect, models, clock, ids),
          observer,
          stopwatch: () => performance.now(),
        });
      },
    },
  ],
})
export class ChatCompletionsModule {}
