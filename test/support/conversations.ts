import type { AppendOutcome, AppendTerms, Conversation, ConversationStore } from '#libs/conversation';
import type { Caller, Clock, Scope } from '#libs/kernel';

/** Creates an empty conversation of Ann's. */
export async function createConversation(
  store: ConversationStore,
  caller: Caller,
  clock: Clock,
  id: string,
  scope: Scope = { userId: 'ann' },
  overrides: Partial<Conversation> = {},
): Promise<Conversation> {
  const now = clock.now();
  const counts = { messageCount: 0, tokens: 0, createdAt: now, updatedAt: now };
  const conversation: Conversation = { id, scope, metadata: {}, ...counts, ...overrides };
  await store.create(caller, conversation);
  return conversation;
}

/** Appends these texts as a user's messages of five tokens each. */
export function say(
  store: ConversationStore,
  caller: Caller,
  clock: Clock,
  id: string,
  texts: readonly string[],
  terms?: AppendTerms,
): Promise<AppendOutcome> {
  const messages = texts.map((content) => ({ message: { role: 'user', content }, tokens: 5 }));
  return store.append(caller, id, messages, clock.now(), terms);
}
