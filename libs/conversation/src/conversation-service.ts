import {
  notFound,
  requireUser,
  wholeTenant,
  type Caller,
  type Clock,
  type Ids,
  type JsonObject,
  type Message,
  type Page,
  type PageRequest,
  type Scope,
} from '#libs/kernel';
import { loadTokenCounter, type TokenCounter } from '#libs/tokens';
import type { BuiltContext, ContextRequest } from './context-builder.js';
import type { ContextService } from './context-service.js';
import type { Conversation, StoredMessage } from './conversation.js';
import type { ConversationStore } from './conversation-store.js';

export interface NewConversation {
  readonly scope: Scope;
  readonly model?: string | undefined;
  readonly metadata?: JsonObject | undefined;
}

export interface AppendOutcome {
  readonly appended: number;
  readonly firstIndex: number;
  readonly lastIndex: number;
  /** What the appended messages cost together. */
  readonly tokens: number;
}

/** How to build the context of a stored conversation; its messages, model and user come from the conversation. */
export interface ConversationContextRequest extends Omit<
  ContextRequest,
  'messages' | 'sentTexts' | 'userId' | 'memories'
> {
  readonly memories: boolean;
}

/** Keeps conversations as they were said and builds contexts from them. */
export class ConversationService {
  constructor(
    private readonly store: ConversationStore,
    private readonly contexts: ContextService,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly loadCounter: (model?: string) => Promise<TokenCounter> = loadTokenCounter,
  ) {}

  /** @throws HeadroomError `forbidden` when the caller may not act for the user. */
  async create(caller: Caller, { scope, model, metadata = {} }: NewConversation): Promise<Conversation> {
    requireUser(caller, scope.userId);
    const now = this.clock.now();
    const conversation: Conversation = {
      id: this.ids.next('conv'),
      scope,
      model,
      metadata,
      messageCount: 0,
      tokens: 0,
      createdAt: now,
      updatedAt: now,
    };
    await this.store.create(caller, conversation);
    return conversation;
  }

  /** @throws HeadroomError `not_found` when unknown or another tenant's, `forbidden` when another user's. */
  async get(caller: Caller, id: string): Promise<Conversation> {
    const conversation = await this.store.find(wholeTenant(caller), id);
    if (conversation === null) throw notFound('conversation');
    requireUser(caller, conversation.scope.userId);
    return conversation;
  }

  /** Conversations of a scope and all below it, newest first. */
  list(caller: Caller, scope: Scope, page: PageRequest): Promise<Page<Conversation>> {
    requireUser(caller, scope.userId);
    return this.store.list(caller, scope, page);
  }

  /** Appends messages, all or none, each exactly as given. @throws HeadroomError `not_found`, `forbidden`. */
  async append(
    caller: Caller,
    id: string,
    messages: readonly Message[],
    texts?: readonly string[],
  ): Promise<AppendOutcome> {
    const { model } = await this.get(caller, id);
    const counter = await this.loadCounter(model);
    const counted = messages.map((message, i) => ({
      message,
      text: texts?.[i],
      tokens: counter.countMessage(message),
    }));
    const firstIndex = await this.store.append(caller, id, counted, this.clock.now());
    return {
      appended: counted.length,
      firstIndex,
      lastIndex: firstIndex + counted.length - 1,
      tokens: counted.reduce((sum, { tokens }) => sum + tokens, 0),
    };
  }

  /** Oldest first. @throws HeadroomError `not_found`, `forbidden`. */
  async messages(caller: Caller, id: string, page: PageRequest): Promise<Page<StoredMessage>> {
    await this.get(caller, id);
    return this.store.messages(caller, id, page);
  }

  /** @throws HeadroomError `not_found`, `forbidden`. */
  async remove(caller: Caller, id: string): Promise<void> {
    await this.get(caller, id);
    if (!(await this.store.remove(caller, id))) throw notFound('conversation');
  }

  /** Everything that was said, made to fit. @throws HeadroomError `not_found`, `forbidden`, `context_over_budget`. */
  async context(caller: Caller, id: string, request: ConversationContextRequest): Promise<BuiltContext> {
    const conversation = await this.get(caller, id);
    const stored = await this.store.allMessages(caller, id);
    return this.contexts.build(caller, {
      ...request,
      messages: stored.map(({ message }) => message),
      sentTexts: stored.map(({ text }) => text),
      model: request.model ?? conversation.model,
      userId: conversation.scope.userId,
      sessionId: `conversation ${id}`,
      memories: request.memories ? conversation.scope : undefined,
    });
  }
}
