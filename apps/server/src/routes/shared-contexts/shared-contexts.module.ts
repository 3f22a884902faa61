import { Module } from '@nestjs/common';
import { ApiKeys } from '#libs/access';
import { Clock, Ids, Pause } from '#libs/kernel';
import { ShutdownPhases } from '#libs/platform';
import {
  ContentCompression,
  ContextWakeups,
  HandoffService,
  HandoffStore,
  SharedContextService,
  SharedContextStore,
} from '#libs/shared-context';
import { SERVER_CONFIG, type ServerConfig } from '../../config/server-config.js';
import { EventStream } from '../../http/event-stream.js';
import { SharedContextEventsController } from './events/shared-context-events.controller.js';
import { HandoffsController } from './handoffs/handoffs.controller.js';
import { SharedContextsController } from './shared-contexts.controller.js';

@Module({
  controllers: [SharedContextsController, HandoffsController, SharedContextEventsController],
  providers: [
    { provide: EventStream, inject: [ApiKeys], useFactory: (keys: ApiKeys) => new EventStream(keys) },
    {
      provide: SharedContextService,
      inject: [SharedContextStore, ContentCompression, Clock, ContextWakeups, SERVER_CONFIG],
      useFactory: (
        store: SharedContextStore,
        compression: ContentCompression,
        clock: Clock,
        wakeups: ContextWakeups,
        { originals }: ServerConfig,
      ) => new SharedContextService(store, compression, clock, wakeups, originals),
    },
    {
      provide: HandoffService,
      inject: [
        HandoffStore,
        SharedContextStore,
        ContentCompression,
        ContextWakeups,
        Clock,
        Ids,
        Pause,
        ShutdownPhases,
      ],
      useFactory: (
        store: HandoffStore,
        contexts: SharedContextStore,
        compression: ContentCompression,
        wakeups: ContextWakeups,
        clock: Clock,
        ids: Ids,
        pause: Pause,
        shutdown: ShutdownPhases,
      ) => {
        const handoffs = new HandoffService({ store, contexts, compression, wakeups, clock, ids, pause });
        shutdown.signal.addEventListener('abort', () => {
          handoffs.close();
        });
        return handoffs;
      },
    },
  ],
})
export class SharedContextsModule {}
