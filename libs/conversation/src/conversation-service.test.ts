import { beforeEach, describe, expect, it } from 'vitest';
import { aCaller, aCallerFor } from '../../../test/support/callers.js';
import { aCompressor } from '../../../test/support/compressors.js';
import {
  InMemoryConversationStore,
  InMemoryFrozenPrefixStore,
} from '../../../test/support/conversation-stores.js';
import { anOriginalStore } from '../../../test/support/original-stores.js';
import { InMemoryPatternStore } from '../../../test/support/pattern-stores.js';
import { hashOriginal, type OriginalStore } from '#libs/ccr';
import { ContextWindow } from '#libs/context-window';
import { Ids, textOf, type Message } from '#libs/kernel';
import { ToolLearning } from '#libs/learning';
import { ModelRegistry } from '#libs/tokens';
import type { RequestRecord } from '#libs/usage';
import {
  CompressionJournal,
  ContextBuilder,
  ContextService,
  ConversationService,
  FrozenContexts,
  PromptCompression,
  type ConversationContextRequest,
  type MemoryRecall,
} from './index.js';

class CountedIds extends Ids {
  #count = 0;
  override next(prefix: string): string {
    return `${prefix}_${++this.#count}`;
  }
}

/** Recalls one thing into the last message. */
const recall: MemoryRecall = {
  inject: (_caller, { messages }) => {
    const last = messages.at(-1);
    if (last === undefined) return Promise.resolve({ messages });
    const content = `<context>Ann likes tea</context>\n\n${textOf(last)}`;
    return Promise.resolve({ messages: messages.with(-1, { ...last, content }) });
  },
};

const caller = aCaller();
const rows = JSON.stringify(
  Array.from({ length: 200 }, (_, id) => ({ id, host: `web-${id}`, status: 'ok' })),
);
const talk: readonly Message[] = [
  { role: 'system', content: 'You look after hosts.' },
  { role: 'user', content: 'List the hosts' },
  {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'c1', type: 'function', function: { name: 'list_hosts', arguments: '{}' } }],
  },
  { role: 'tool', tool_call_id: 'c1', content: rows },
  { role: 'assistant', content: 'There are 200.' },
  ...Array.from({ length: 10 }, (_, i): Message => ({
    role: i % 2 === 0 ? 'user' : 'assistant',
    content: `Turn ${i}: ${'words that were said '.repeat(20)}`,
  })),
];
const whole: ConversationContextRequest = {
  outputBufferTokens: 4000,
  strategy: 'rolling_window',
  keepLastTurns: 2,
  compress: true,
  memories: false,
};

let originals: OriginalStore;
let conversations: ConversationService;
let prompts: PromptCompression;
let learning: ToolLearning;
let records: RequestRecord[];

beforeEach(() => {
  const { store, clock } = anOriginalStore();
  originals = store;
  records = [];
  learning = new ToolLearning(new InMemoryPatternStore(clock), clock, new CountedIds());
  const models = new ModelRegistry();
  const builder = new ContextBuilder(aCompressor(store), new ContextWindow(store), models, recall);
  const usage = { record: (_: unknown, record: RequestRecord) => void records.push(record) };
  const journal = new CompressionJournal(usage, learning, models, clock, new CountedIds());
  const kept = new InMemoryConversationStore();
  const prefixes = new InMemoryFrozenPrefixStore(kept);
  const contexts = new ContextService(new FrozenContexts(builder, prefixes), journal, clock);
  conversations = new ConversationService(kept, prefixes, contexts, clock, new CountedIds());
  prompts = new PromptCompression(builder, journal, models, clock);
});

async function aConversation(messages: readonly Message[] = talk): Promise<string> {
  const { id } = await conversations.create(caller, { scope: { userId: 'ann' }, model: 'gpt-4o' });
  await conversations.append(caller, id, { messages });
  return id;
}

describe('a stored conversation', () => {
  it('keeps messages as they were sent, in the order of their appends', async () => {
    const { id } = await conversations.create(caller, { scope: { userId: 'ann' } });
    const first = await conversations.append(caller, id, { messages: talk.slice(0, 3) });
    const second = await conversations.append(caller, id, { messages: talk.slice(3, 5) });
    expect(first).toMatchObject({ appended: 3, firstIndex: 0, lastIndex: 2 });
    expect(second).toMatchObject({ appended: 2, firstIndex: 3, lastIndex: 4 });
    const { data } = await conversations.messages(caller, id, { limit: 50 });
    expect(data.map(({ message }) => message)).toEqual(talk.slice(0, 5));
    expect(data.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(first.tokens + second.tokens);
  });

  it('belongs to its user', async () => {
    const stranger = aCallerFor(['bob']);
    await expect(conversations.create(stranger, { scope: { userId: 'ann' } })).rejects.toMatchObject({
      code: 'forbidden',
    });
    const id = await aConversation();
    for (const reach of [
      () => conversations.get(stranger, id),
      () => conversations.append(stranger, id, { messages: talk }),
      () => conversations.messages(stranger, id, { limit: 1 }),
      () => conversations.remove(stranger, id),
    ]) {
      await expect(reach()).rejects.toMatchObject({ code: 'forbidden' });
    }
    await expect(
      conversations.append(aCaller({ tenantId: 'other' }), id, { messages: talk }),
    ).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('is gone when it was removed', async () => {
    const id = await aConversation();
    await conversations.remove(caller, id);
    await expect(conversations.get(caller, id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(conversations.remove(caller, id)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('the context of a conversation', () => {
  it('is compressed, whole, and within the model less the output buffer', async () => {
    const context = await conversations.context(caller, await aConversation(), whole);
    expect(context.budget).toBe(124_000);
    expect(context.kept).toEqual(talk.map((_, i) => i));
    expect(context.dropped).toEqual([]);
    expect(context.tokensAfter).toBeLessThan(context.tokensBefore);
    expect(context.ccrHashes).toContain(hashOriginal(rows));
  });

  it('never exceeds an explicit budget, and names every message once', async () => {
    const id = await aConversation();
    for (const tokenBudget of [450, 600, 900]) {
      const context = await conversations.context(caller, id, { ...whole, tokenBudget });
      expect(context.budget).toBe(tokenBudget);
      expect(context.tokensAfter).toBeLessThanOrEqual(tokenBudget);
      const all = [...context.kept, ...context.dropped.map(({ index }) => index)].sort((a, b) => a - b);
      expect(all).toEqual(talk.map((_, i) => i));
    }
  });

  it('stores each dropped message as it was sent, though it was compressed before', async () => {
    const context = await conversations.context(caller, await aConversation(), {
      ...whole,
      tokenBudget: 500,
    });
    expect(context.dropped.map(({ index }) => index)).toContain(3);
    for (const { index, hash } of context.dropped) {
      const found = await originals.find(caller, hash);
      expect(found).toMatchObject({ status: 'found', original: { content: JSON.stringify(talk[index]) } });
      expect(context.ccrHashes).toContain(hash);
    }
  });

  it('says what is too much when the protected part alone is', async () => {
    const attempt = conversations.context(caller, await aConversation(), { ...whole, tokenBudget: 20 });
    await expect(attempt).rejects.toMatchObject({ code: 'context_over_budget', details: { budget: 20 } });
  });

  it('recalls memories when asked to', async () => {
    const id = await aConversation();
    const plain = await conversations.context(caller, id, whole);
    const recalled = await conversations.context(caller, id, { ...whole, memories: true });
    expect(JSON.stringify(plain.messages)).not.toContain('tea');
    expect(recalled.messages.at(-1)?.content).toContain('Ann likes tea');
    expect(recalled.tokensBefore).toBe(plain.tokensBefore);
  });

  it('refuses an output buffer that leaves nothing', async () => {
    const attempt = conversations.context(caller, await aConversation(), {
      ...whole,
      outputBufferTokens: 1e6,
    });
    await expect(attempt).rejects.toMatchObject({ code: 'validation_error' });
  });
});

describe('compressing a prompt', () => {
  const request = {
    messages: talk,
    model: 'gpt-4o',
    outputBufferTokens: 4000,
    strategy: 'intelligent',
    keepLastTurns: 2,
    mode: 'optimize',
    bypass: false,
    strict: false,
  } as const;

  it('writes down what it saved, and learns about the tool', async () => {
    const prompt = await prompts.compress(caller, request);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({
      operation: 'compress',
      provider: 'openai',
      tokensBefore: prompt.tokensBefore,
      tokensAfter: prompt.tokensAfter,
    });
    expect(records[0]?.savedUsd).toBeGreaterThan(0);
    expect(await learning.ofTool(caller, 'list_hosts')).toMatchObject({ compressions: 1 });
  });

  it('does nothing when bypassed, and only counts in an audit', async () => {
    const bypassed = await prompts.compress(caller, { ...request, bypass: true });
    expect(bypassed).toMatchObject({ messages: talk, tokensBefore: 0, tokensAfter: 0 });
    const audited = await prompts.compress(caller, { ...request, mode: 'audit' });
    expect(audited.messages).toBe(talk);
    expect(audited.tokensBefore).toBeGreaterThan(1000);
    expect(audited.tokensAfter).toBe(audited.tokensBefore);
  });

  it('lets a prompt pass that is beyond its model, for the model to judge', async () => {
    const messages = [{ role: 'user', content: 'word '.repeat(20_000) }];
    const prompt = await prompts.compress(caller, { ...request, messages, model: 'gpt-4' });
    expect(prompt.messages).toEqual(messages);
  });

  it('accounts for every token when it simulates', async () => {
    const prompt = await prompts.compress(caller, { ...request, mode: 'simulate' });
    const { blockBreakdown, estimatedSavings, cacheAlignmentScore } = prompt.simulation!;
    const sum = Object.values(blockBreakdown).reduce((total, tokens) => total + tokens, 0);
    expect(sum + 3).toBe(prompt.tokensBefore);
    expect(estimatedSavings).toMatch(/^\d+\.\d% \(\$\d/);
    expect(cacheAlignmentScore).toBe(100);
  });
});
