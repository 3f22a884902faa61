import {
  type ConversationStore,
  type FrozenPrefix,
  FrozenPrefixStore,
  NOTHING_GIVEN,
  type PrefixAddress,
} from '#libs/conversation';
import type { Caller } from '#libs/kernel';

/** What it keeps of a conversation can be reached as long as the conversation is there. */
export class InMemoryFrozenPrefixStore extends FrozenPrefixStore {
  /** Conversation → lineage → prefix. */
  readonly #kept = new Map<string, Map<string, FrozenPrefix>>();

  constructor(private readonly conversations: ConversationStore) {
    super();
  }

  override async find(caller: Caller, { conversationId, lineage }: PrefixAddress): Promise<FrozenPrefix> {
    return (await this.#prefixesOf(caller, conversationId))?.get(lineage) ?? NOTHING_GIVEN;
  }

  override async save(
    caller: Caller,
    { conversationId, lineage }: PrefixAddress,
    change: FrozenPrefix,
  ): Promise<boolean> {
    const prefixes = await this.#prefixesOf(caller, conversationId);
    const known = prefixes?.get(lineage) ?? NOTHING_GIVEN;
    if (prefixes === undefined || known.revision !== change.revision) return false;
    const given = new Map([...change.given, ...known.given]);
    prefixes.set(lineage, { ...change, given, revision: known.revision + 1 });
    return true;
  }

  override async copy(caller: Caller, from: string, to: string, messageCount: number): Promise<void> {
    const target = await this.#prefixesOf(caller, to);
    for (const [lineage, prefix] of (await this.#prefixesOf(caller, from)) ?? []) {
      target?.set(lineage, {
        ...prefix,
        revision: 1,
        given: new Map([...prefix.given].filter(([index]) => index < messageCount)),
        dropped: prefix.dropped.filter((index) => index < messageCount),
      });
    }
  }

  override async reset(caller: Caller, conversationId: string): Promise<void> {
    (await this.#prefixesOf(caller, conversationId))?.clear();
  }

  async #prefixesOf(caller: Caller, conversationId: string): Promise<Map<string, FrozenPrefix> | undefined> {
    if ((await this.conversations.find(caller, conversationId)) === null) return undefined;
    const address = JSON.stringify([caller.tenantId, conversationId]);
    const known = this.#kept.get(address) ?? new Map<string, FrozenPrefix>();
    this.#kept.set(address, known);
    return known;
  }
}
