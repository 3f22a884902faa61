import { Module } from '@nestjs/common';
import { ContextService, ConversationService, ConversationStore } from '#libs/conversation';
import { Clock, Ids } from '#libs/kernel';
import { ConversationsController } from './conversations.controller.js';

@Module({
  controllers: [ConversationsController],
  providers: [
    {
      provide: ConversationService,
      inject: [ConversationStore, ContextService, Clock, Ids],
      useFactory: (store: ConversationStore, contexts: ContextService, clock: Clock, ids: Ids) =>
        new ConversationService(store, contexts, clock, ids),
    },
  ],
})
export class ConversationsModule {}
