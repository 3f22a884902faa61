import { Module } from '@nestjs/common';
import { OriginalStore } from '#libs/ccr';
import { Compressor } from '#libs/compression';
import { Clock } from '#libs/kernel';
import { SharedContextService, SharedContextStore } from '#libs/shared-context';
import { SharedContextsController } from './shared-contexts.controller.js';

@Module({
  controllers: [SharedContextsController],
  providers: [
    {
      provide: SharedContextService,
      inject: [SharedContextStore, Compressor, OriginalStore, Clock],
      useFactory: (
        store: SharedContextStore,
        compressor: Compressor,
        originals: OriginalStore,
        clock: Clock,
      ) => new SharedContextService(store, compressor, originals, clock),
    },
  ],
})
export class SharedContextsModule {}
