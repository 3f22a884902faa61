import { describe, expect, it } from 'vitest';
import type { ApiKeyStore } from '#libs/access';
import { hashOriginal, type OriginalStore } from '#libs/ccr';
import type { SessionPins } from '#libs/compression';
import type { HiddenCallStore } from '#libs/chat';
import type { ConversationStore, FrozenPrefixStore } from '#libs/conversation';
import {
  type Caller,
  type Clock,
  type IdempotencyStore,
  NOTHING_ERASED,
  type UserErasure,
} from '#libs/kernel';
import type { MemoryStore } from '#libs/memory';
import type { EntryDraft, HandoffStore, SharedContextStore } from '#libs/shared-context';
import type { UsageStore } from '#libs/usage';
import { aCaller, aCallerFor } from '../support/callers.js';
import { FakeClock } from '../support/fake-clock.js';
import { aMemory, words } from '../support/memories.js';
import { anEntry } from '../support/shared-entries.js';
import { anOriginal } from './original-store.contract.js';

/** Every store that may hold something of a user, and what erases it. */
export interface ErasableStores {
  readonly memories: MemoryStore;
  readonly originals: OriginalStore;
  readonly sharedContexts: SharedContextStore;
  readonly handoffs: HandoffStore;
  readonly conversations: ConversationStore;
  readonly prefixes: FrozenPrefixStore;
  readonly usage: UsageStore;
  readonly idempotency: IdempotencyStore;
  readonly sessions: SessionPins;
  readonly hidden: HiddenCallStore;
  readonly keys: ApiKeyStore;
  readonly erasure: UserErasure;
}

export const A_RECEIPT = {
  ...NOTHING_ERASED,
  memories: 2,
  vectors: 2,
  sharedContextEntries: 1,
  handoffs: 1,
  conversations: 1,
  messages: 2,
  originals: 1,
  retrievalEvents: 1,
  requests: 1,
  idempotencyReplays: 1,
  apiKeys: 2,
};

/** Leaves something of a user in every store; `needle` stands in all that may hold contents. */
export async function leaveTraces(
  stores: ErasableStores,
  clock: Clock,
  userId: string,
  needle = 'needle',
  tenantId = 'tenant-a',
): Promise<void> {
  const caller = aCaller({ tenantId });
  const now = clock.now();
  const hash = hashOriginal(userId);
  await rememberTwice(stores.memories, clock, caller, userId, needle);
  await stores.originals.put(caller, [
    anOriginal(hash, { userId, content: needle.repeat(2_000), toolName: needle }),
  ]);
  await stores.originals.recordRetrieval(caller, {
    hash,
    userId,
    query: needle,
    itemsRetrieved: 1,
    totalItems: 1,
    toolName: needle,
    retrievalType: 'search',
    at: now,
  });
  const key = `${needle} of ${userId}`;
  const entry: EntryDraft = {
    context: `context of ${userId}`,
    key,
    agent: needle,
    userId,
    hash,
    contentKind: 'text',
    original: needle.repeat(3_000),
    compressed: needle.repeat(900),
    originalTokens: 1,
    compressedTokens: 1,
    transforms: [],
    metadata: { note: needle },
    createdAt: now,
    expiresAt: new Date(now.getTime() + 1_000_000),
  };
  await stores.sharedContexts.put(caller, entry, { kind: 'any' }, 100);
  await stores.sharedContexts.put(caller, { ...entry, derivedFrom: [{ key }] }, { kind: 'any' }, 100);
  await stores.handoffs.create(caller, {
    id: `hand_${hash}`,
    context: `context of ${userId}`,
    from: needle,
    to: needle,
    keys: [key],
    note: needle.repeat(800),
    createdAt: now,
    expiresAt: new Date(now.getTime() + 1_000_000),
  });
  const id = `conv_${userId}`;
  await stores.conversations.create(caller, {
    id,
    scope: { userId, sessionId: needle },
    metadata: { note: needle },
    messageCount: 0,
    tokens: 0,
    createdAt: now,
    updatedAt: now,
  });
  const message = { role: 'user', content: needle.repeat(500) };
  await stores.conversations.append(
    caller,
    id,
    [
      { message, tokens: 1 },
      { message, tokens: 1 },
    ],
    now,
    { key: { key: needle, fingerprint: hash } },
  );
  await stores.prefixes.save(
    caller,
    { conversationId: id, lineage: needle },
    { revision: 0, given: new Map([[0, JSON.stringify(message)]]), fitting: needle, dropped: [1] },
  );
  await stores.usage.record(caller, [
    {
      id: `req_${hash}`,
      at: now,
      userId,
      operation: 'chat.completions',
      mode: 'optimize',
      tokensBefore: 10,
      tokensAfter: 5,
      outputTokens: 1,
      savedUsd: 0,
      costUsd: 0,
      overheadMs: 1,
      latencyMs: 1,
      transforms: [],
      failed: false,
    },
  ]);
  await stores.sessions.add(caller, { userId, sessionId: needle }, { [hash]: needle.repeat(600) });
  const call = { after: 0, call: needle.repeat(500), result: needle };
  await stores.hidden.keep(caller, needle, { earlier: [], beside: [call] }, userId);
  for (const users of [[userId], ['someone-else', userId]]) {
    const id = keyIdOf(tenantId, users);
    await stores.keys.create({
      id,
      tenantId,
      name: 'planner',
      secretHash: hashOriginal(id),
      users,
      createdAt: now,
    });
  }
  const replayKey = `${needle} ${userId}`;
  const claim = await stores.idempotency.begin(caller, replayKey, 'hash of the body');
  if (claim.outcome === 'started') {
    const answer = { status: 201, headers: {}, body: needle.repeat(700) };
    await stores.idempotency.complete(caller, replayKey, claim.claimId, answer, userId);
  }
}

/** A key's id tells nobody for whom it is. */
const keyIdOf = (tenantId: string, users: readonly string[]): string =>
  `key_${hashOriginal([tenantId, ...users].join(' '))}`;

/** A memory and its successor, both with terms and a vector. */
async function rememberTwice(
  memories: MemoryStore,
  clock: Clock,
  caller: Caller,
  userId: string,
  needle: string,
): Promise<void> {
  const fact = (content: string, agent: string) => ({
    ...aMemory(clock, {
      scope: { userId, agentId: agent },
      content,
      subject: needle,
      entities: [needle],
      metadata: { note: needle },
      source: { agent: needle },
    }),
    terms: [needle, needle.toLowerCase(), ...content.split(' ')],
    embedding: { model: 'a-model', vector: new Float32Array([0.25, 0.5, 0.75]) },
  });
  const { memory } = await memories.insert(caller, fact(`${needle} is old`, needle), 'supersede');
  await memories.supersede(caller, memory.id, fact(`${needle} is new`, needle));
}

/** What every UserErasure does, on every adapter. `open` gives empty stores. */
export function userErasureContract(open: (clock: Clock) => Promise<ErasableStores>): void {
  const caller = aCaller();
  const withTraces = async () => {
    const clock = new FakeClock();
    const stores = await open(clock);
    for (const userId of ['ann', 'ann/b', 'bob']) await leaveTraces(stores, clock, userId);
    await leaveTraces(stores, clock, 'ann', 'needle', 'tenant-b');
    return { clock, stores };
  };

  it('removes everything of the user and says how much', async () => {
    const { stores } = await withTraces();
    expect(await stores.erasure.erase(caller, 'ann')).toEqual(A_RECEIPT);
    expect(await stores.erasure.erase(caller, 'ann')).toEqual(NOTHING_ERASED);
    expect(await stores.erasure.erase(caller, 'nobody knows them')).toEqual(NOTHING_ERASED);
  });

  it('takes the user out of the keys that were bound to it, and lets none of them do more than before', async () => {
    const { stores } = await withTraces();
    const usersOf = async (...users: string[]) =>
      (await stores.keys.list()).find(({ id }) => id === keyIdOf('tenant-a', users))?.users;
    await stores.erasure.erase(caller, 'ann');
    expect(await usersOf('ann')).toEqual([]);
    expect(await usersOf('someone-else', 'ann')).toEqual(['someone-else']);
    expect(await usersOf('bob')).toEqual(['bob']);
    const elsewhere = (await stores.keys.list()).find(({ id }) => id === keyIdOf('tenant-b', ['ann']));
    expect(elsewhere?.users).toEqual(['ann']);
  });

  it('leaves nothing to be found', async () => {
    const { stores, clock } = await withTraces();
    expect((await stores.conversations.find(caller, 'conv_ann'))?.messageCount).toBe(2);
    await stores.erasure.erase(caller, 'ann');
    expect(await stores.originals.find(caller, hashOriginal('ann'))).toEqual({ status: 'unknown' });
    expect(await stores.conversations.find(caller, 'conv_ann')).toBeNull();
    expect(await stores.hidden.find(caller, ['needle'], 'ann')).toEqual(new Map());
    const entry = await stores.sharedContexts.find(caller, 'context of ann', 'needle of ann', clock.now());
    expect(entry).toEqual({ status: 'unknown' });
    const handoffs = await stores.handoffs.list(caller, 'context of ann', {}, { limit: 5 }, clock.now());
    expect(handoffs.data).toEqual([]);
    expect((await stores.idempotency.begin(caller, 'needle ann', 'another body')).outcome).toBe('started');
    expect((await stores.usage.recent(caller, 10)).map(({ userId }) => userId)).not.toContain('ann');
    const view = {
      scope: { userId: 'ann' },
      mode: 'subtree' as const,
      now: clock.now(),
      includeSuperseded: true,
    };
    const everything = { view, limit: 10, orderBy: 'created_at' as const, order: 'desc' as const };
    expect((await stores.memories.list(caller, everything)).data).toEqual([]);
    expect((await stores.memories.keywordHits(caller, view, words(['needle']), 10)).hits).toEqual([]);
    const query = { model: 'a-model', vector: new Float32Array([0.25, 0.5, 0.75]) };
    expect((await stores.memories.semanticHits(caller, view, query, 10)).hits).toEqual([]);
  });

  it('drops replayed answers of which nobody knows whose they are, and keeps those of others', async () => {
    const { stores } = await withTraces();
    const claim = await stores.idempotency.begin(caller, 'of nobody', 'hash of the body');
    const claimId = claim.outcome === 'started' ? claim.claimId : '';
    await stores.idempotency.complete(caller, 'of nobody', claimId, {
      status: 201,
      headers: {},
      body: 'of ann?',
    });
    await stores.erasure.erase(caller, 'ann');
    expect((await stores.idempotency.begin(caller, 'of nobody', 'hash of the body')).outcome).toBe('started');
    expect((await stores.idempotency.begin(caller, 'needle bob', 'hash of the body')).outcome).toBe('replay');
  });

  it('takes the user’s part of what others share: the name of a source, and a handoff that names it', async () => {
    const { stores, clock } = await withTraces();
    const expiresAt = new Date(clock.now().getTime() + 1_000_000);
    const report: EntryDraft = {
      ...anEntry(clock, 'report'),
      context: 'context of ann',
      derivedFrom: [{ key: 'needle of ann' }],
    };
    await stores.sharedContexts.put(caller, report, { kind: 'any' }, 100);
    const draft = { context: report.context, from: 'a', to: 'b', createdAt: clock.now(), expiresAt };
    await stores.handoffs.create(caller, { ...draft, id: 'hand_both', keys: ['report', 'needle of ann'] });
    await stores.handoffs.create(caller, { ...draft, id: 'hand_own', keys: ['report'] });
    expect(await stores.erasure.erase(caller, 'ann')).toEqual({ ...A_RECEIPT, handoffs: 2 });
    const found = await stores.sharedContexts.find(caller, report.context, 'report', clock.now());
    expect(found).toMatchObject({ status: 'found', entry: { derivedFrom: [] } });
    const { data } = await stores.handoffs.list(caller, report.context, {}, { limit: 5 }, clock.now());
    expect(data.map(({ id }) => id)).toEqual(['hand_own']);
  });

  it('keeps what the user’s requests added up to', async () => {
    const { stores } = await withTraces();
    await stores.erasure.erase(caller, 'ann');
    expect((await stores.usage.lifetime(caller)).requests).toBe(3);
    expect(await stores.usage.recent(caller, 10)).toHaveLength(3);
  });

  it('touches no other user and no other tenant', async () => {
    const { stores } = await withTraces();
    await stores.erasure.erase(caller, 'ann');
    expect(await stores.erasure.erase(caller, 'ann/b')).toEqual(A_RECEIPT);
    expect(await stores.erasure.erase(aCaller({ tenantId: 'tenant-b' }), 'ann')).toEqual(A_RECEIPT);
    expect(await stores.erasure.erase(caller, 'bob')).toEqual(A_RECEIPT);
  });

  describe('for a key bound to users', () => {
    it('erases those alone', async () => {
      const { stores } = await withTraces();
      const stolen = stores.erasure.erase(aCallerFor(['bob']), 'ann');
      await expect(stolen).rejects.toMatchObject({ code: 'forbidden' });
      expect(await stores.erasure.erase(aCallerFor(['ann']), 'ann')).toEqual(A_RECEIPT);
    });
  });
}
