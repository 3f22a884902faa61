import { Module } from '@nestjs/common';
import {
  ContextService,
  ConversationService,
  ConversationStore,
  FrozenPrefixStore,
} from '#libs/conversation';
import { Clock, Ids } from '#libs/kernel';
import { ConversationsController } from './conversations.controller.js';

@Module({
  controllers: [ConversationsController],
  providers: [
    {
      provide: ConversationService,
      inject: [ConversationStore, FrozenPrefixStore, ContextService, Clock, Ids],
      useFactory: (
        store: ConversationStore,
        prefixes: FrozenPrefixStore,
        contexts: ContextService,
        clock: Clock,
        ids: Ids,
      ) => new ConversationService(store, prefixes, contexts, clock, ids),
    },
  ],
})
export class ConversationsModule {}
