import { Module } from '@nestjs/common';
import { ApiKeys } from '#libs/access';
import { OriginalStore } from '#libs/ccr';
import { Compressor } from '#libs/compression';
import { Clock } from '#libs/kernel';
import { ContextWakeups, SharedContextService, SharedContextStore } from '#libs/shared-context';
import { EventStream } from '../../http/event-stream.js';
import { SharedContextEventsController } from './events/shared-context-events.controller.js';
import { SharedContextsController } from './shared-contexts.controller.js';

@Module({
  controllers: [SharedContextsController, SharedContextEventsController],
  providers: [
    { provide: EventStream, inject: [ApiKeys], useFactory: (keys: ApiKeys) => new EventStream(keys) },
    {
      provide: SharedContextService,
      inject: [SharedContextStore, Compressor, OriginalStore, Clock, ContextWakeups],
      useFactory: (
        store: SharedContextStore,
        compressor: Compressor,
        originals: OriginalStore,
        clock: Clock,
        wakeups: ContextWakeups,
      ) => new SharedContextService(store, compressor, originals, clock, wakeups),
    },
  ],
})
export class SharedContextsModule {}
