import { Module } from '@nestjs/common';
import { OriginalStore, Retriever } from '#libs/ccr';
import { Clock } from '#libs/kernel';
import { ToolLearning } from '#libs/learning';
import { SERVER_CONFIG, type ServerConfig } from '../../config/server-config.js';
import { LearningRetriever } from './learning-retriever.js';
import { RetrieveController } from './retrieve.controller.js';

@Module({
  controllers: [RetrieveController],
  providers: [
    {
      provide: Retriever,
      inject: [OriginalStore, Clock, SERVER_CONFIG, ToolLearning],
      useFactory: (originals: OriginalStore, clock: Clock, config: ServerConfig, learning: ToolLearning) =>
        new LearningRetriever(originals, clock, config.originals, learning),
    },
  ],
})
export class RetrieveModule {}
