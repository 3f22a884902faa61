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
import { hashOriginal } from '#libs/ccr';
import { loadTokenCounter, type TokenCounter } from '#libs/tokens';
import { requireWithinLimits } from './append-limits.js';
import type { AppendOutcome } from './appending.js';
import type { ContextRequest } from './context-builder.js';
import type { ContextService } from './context-service.js';
import type { Conversation, StoredMessage } from './conversation.js';
import type { ConversationStore } from './conversation-store.js';
import type { ExactContext } from './exact-texts.js';
import type { FrozenPrefixStore } from './frozen-prefix-store.js';

export interface NewConversation {
  readonly scope: Scope;
  readonly model?: string | undefined;
  readonly metadata?: JsonObject | undefined;
}

/** Messages to append, and what that depends on. */
export interface AppendRequest {
  readonly messages: readonly Message[];
  /** Each message's JSON as it was sent; without them they are written anew. */
  readonly texts?: readonly string[] | undefined;
  /** How many messages there must be already: the index that the first new one gets. */
  readonly expectedCount?: number | undefined;
  /** A repetition under the same key is answered like the first time, for 24 h. */
  readonly idempotencyKey?: string | undefined;
}

/** How to build the context of a stored conversation; its messages, model and user come from the conversation. */
export interface ConversationContextRequest extends Omit<
  ContextRequest,
  'messages' | 'sentTexts' | 'userId' | 'memories' | 'given' | 'droppedBefore'
> {
  readonly memories: boolean;
}

/** Keeps conversations as they were said and builds contexts from them. */
export class ConversationService {
  constructor(
    private readonly store: ConversationStore,
    private readonly prefixes: FrozenPrefixStore,
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
    return this.store.create(caller, conversation);
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

  /**
   * Appends messages, all or none, each exactly as given and next to each other.
   * @throws HeadroomError `not_found`, `forbidden`, `limit_exceeded`; `precondition_failed` when others have appended
   * meanwhile; `conflict` for a key that stands for another append.
   */
  async append(caller: Caller, id: string, request: AppendRequest): Promise<AppendOutcome> {
    const { messages, expectedCount, idempotencyKey: key } = request;
    const texts = request.texts ?? messages.map((message) => JSON.stringify(message));
    requireWithinLimits(texts);
    const { model } = await this.get(caller, id);
    const counter = await this.loadCounter(model);
    const counted = messages.map((message, i) => ({
      message,
      text: texts[i],
      tokens: counter.countMessage(message),
    }));
    return this.store.append(caller, id, counted, this.clock.now(), {
      expectedCount,
      key: key === undefined ? undefined : { key, fingerprint: hashOriginal(`[${texts.join(',')}]`) },
    });
  }

  /**
   * A new conversation that goes on from a message of this one, by default from its last. It has the history for
   * itself, and its contexts begin with the same bytes.
   * @throws HeadroomError `not_found`, `forbidden`; `validation_error` for a message that is not there.
   */
  async fork(caller: Caller, id: string, atIndex?: number): Promise<Conversation> {
    const source = await this.get(caller, id);
    const at = this.clock.now();
    const forked = await this.store.fork(caller, source, { id: this.ids.next('conv'), atIndex, at });
    await this.prefixes.copy(caller, id, forked.id, forked.messageCount);
    return forked;
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

  /**
   * Everything that was said, made to fit; what an earlier context gave is given again, byte for byte.
   * @throws HeadroomError `not_found`, `forbidden`, `context_over_budget`.
   */
  async context(caller: Caller, id: string, request: ConversationContextRequest): Promise<ExactContext> {
    const conversation = await this.get(caller, id);
    const stored = await this.store.allMessages(caller, id);
    const whole: ContextRequest = {
      ...request,
      messages: stored.map(({ message }) => message),
      sentTexts: stored.map(({ text }) => text),
      model: request.model ?? conversation.model,
      userId: conversation.scope.userId,
      memories: request.memories ? conversation.scope : undefined,
    };
    return this.contexts.build(caller, whole, id);
  }

  /** Lets the next context decide anew what earlier ones gave and left out. @throws HeadroomError `not_found`, `forbidden`. */
  async resetContext(caller: Caller, id: string): Promise<void> {
    await this.get(caller, id);
    await this.prefixes.reset(caller, id);
  }
}
