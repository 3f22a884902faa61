import { Module, type DynamicModule, type Type } from '@nestjs/common';
import type { ServerConfig } from './config/server-config.js';
import { PortsModule, type PortOverrides } from './ports/ports.module.js';
import { ChatCompletionsModule } from './routes/chat-completions/chat-completions.module.js';
import { CompressModule } from './routes/compress/compress.module.js';
import { ContextModule } from './routes/context/context.module.js';
import { ConversationsModule } from './routes/conversations/conversations.module.js';
import { DocsModule } from './routes/docs/docs.module.js';
import { HealthModule } from './routes/health/health.module.js';
import { JobsModule } from './routes/jobs/jobs.module.js';
import { KeysModule } from './routes/keys/keys.module.js';
import { MemoriesModule } from './routes/memories/memories.module.js';
import { MetricsModule } from './routes/metrics/metrics.module.js';
import { FeedbackModule } from './routes/feedback/feedback.module.js';
import { ProviderPassthroughModule } from './routes/provider-passthrough/provider-passthrough.module.js';
import { RetrieveModule } from './routes/retrieve/retrieve.module.js';
import { SharedContextsModule } from './routes/shared-contexts/shared-contexts.module.js';
import { StatsModule } from './routes/stats/stats.module.js';
import { UsersModule } from './routes/users/users.module.js';

/** One module per resource; each finds the ports it needs in {@link PortsModule}. */
export const ROUTES: readonly Type[] = [
  HealthModule,
  StatsModule,
  MetricsModule,
  DocsModule,
  KeysModule,
  JobsModule,
  MemoriesModule,
  UsersModule,
  SharedContextsModule,
  CompressModule,
  ContextModule,
  ConversationsModule,
  FeedbackModule,
  RetrieveModule,
  ChatCompletionsModule,
  // Last: it answers what no other route does.
  ProviderPassthroughModule,
];

@Module({})
export class AppModule {
  static with(config: ServerConfig, overrides?: PortOverrides): DynamicModule {
    return { module: AppModule, imports: [PortsModule.with(config, overrides), ...ROUTES] };
  }
}
