import { describe, expect, it } from 'vitest';
import { aCaller, aCallerFor } from '../../../test/support/callers.js';
import { A_RETENTION, anOriginalStore } from '../../../test/support/original-stores.js';
import {
  Retriever,
  answerToolCall,
  hashOriginal,
  retrievalData,
  retrievalText,
  type Original,
} from './index.js';

const CONTENT = JSON.stringify(
  Array.from({ length: 30 }, (_, id) => ({ id, name: id === 7 ? 'Ada Lovelace' : `clone ${id}` })),
);
const HASH = hashOriginal(CONTENT);
const UNKNOWN = 'f'.repeat(24);

async function aRetriever(overrides: Partial<Original> = {}) {
  const { store, clock } = anOriginalStore();
  await store.put(aCaller(), [
    {
      hash: HASH,
      content: CONTENT,
      toolName: 'list_people',
      originalTokens: 300,
      compressedTokens: 30,
      originalItemCount: 30,
      compressedItemCount: 5,
      ...overrides,
    },
  ]);
  return { store, clock, retriever: new Retriever(store, clock, A_RETENTION) };
}

describe('Retriever', () => {
  it('gives an original whole, counts the retrieval and notes it', async () => {
    const { retriever, store, clock } = await aRetriever();
    const first = retrievalData(await retriever.retrieve(aCaller(), { hash: HASH }));
    expect(first).toEqual({
      hash: HASH,
      original_content: CONTENT,
      original_tokens: 300,
      original_item_count: 30,
      compressed_item_count: 5,
      tool_name: 'list_people',
      retrieval_count: 1,
    });
    await retriever.retrieve(aCaller(), { hash: HASH, query: '  ' });
    const stats = await store.stats(aCaller());
    expect(stats.totalRetrievals).toBe(2);
    expect(stats.recentRetrievals[0]).toEqual({
      hash: HASH,
      itemsRetrieved: 30,
      totalItems: 30,
      toolName: 'list_people',
      retrievalType: 'full',
      at: clock.now(),
    });
  });

  it('gives only the matching items for a query', async () => {
    const { retriever, store } = await aRetriever();
    const outcome = await retriever.retrieve(aCaller(), { hash: HASH, query: 'lovelace' });
    expect(retrievalData(outcome)).toEqual({
      hash: HASH,
      query: 'lovelace',
      results: [{ id: 7, name: 'Ada Lovelace' }],
      count: 1,
    });
    expect(retrievalText(outcome)).toBe('{"id":7,"name":"Ada Lovelace"}');
    const [event] = (await store.stats(aCaller())).recentRetrievals;
    expect(event).toMatchObject({
      query: 'lovelace',
      itemsRetrieved: 1,
      totalItems: 30,
      retrievalType: 'search',
    });
  });

  it('tells expired from unknown in the words that clients know', async () => {
    const { retriever, clock } = await aRetriever();
    expect(await retriever.retrieve(aCaller(), { hash: UNKNOWN })).toEqual({
      status: 'unknown',
      hash: UNKNOWN,
      ttlSeconds: 3600,
      detail: 'Entry not found (CCR TTL: 3600 seconds)',
    });
    clock.advanceSeconds(4_000);
    expect(await retriever.retrieve(aCaller(), { hash: HASH })).toMatchObject({
      status: 'expired',
      detail: 'Entry expired (CCR TTL: 3600 seconds; age: 4000 seconds)',
    });
  });

  it('keeps the originals of one user from a caller bound to another', async () => {
    const { retriever } = await aRetriever({ userId: 'ann' });
    expect((await retriever.retrieve(aCallerFor(['bob']), { hash: HASH })).status).toBe('unknown');
    expect((await retriever.retrieve(aCaller(), { hash: HASH, userId: 'bob' })).status).toBe('unknown');
    expect((await retriever.retrieve(aCallerFor(['ann']), { hash: HASH })).status).toBe('found');
  });
});

describe('a call of the retrieve tool', () => {
  it.each([
    [
      'openai',
      {
        id: 'call_1',
        type: 'function',
        function: { name: 'headroom_retrieve', arguments: JSON.stringify({ hash: HASH }) },
      },
      { role: 'tool', tool_call_id: 'call_1' },
    ],
    [
      'anthropic',
      { type: 'tool_use', id: 'toolu_1', name: 'ccr_retrieve', input: { hash: HASH } },
      { type: 'tool_result', tool_use_id: 'toolu_1' },
    ],
  ] as const)('is answered in the shape of %s', async (provider, toolCall, shape) => {
    const { retriever } = await aRetriever();
    const answer = await answerToolCall(aCaller(), retriever, { toolCall, provider });
    expect(answer).toMatchObject({
      success: true,
      toolResult: shape,
      data: { hash: HASH, original_content: CONTENT },
    });
    expect(JSON.parse(answer.toolResult['content'] as string)).toEqual(answer.data);
  });

  it('is answered in the shape of gemini', async () => {
    const { retriever } = await aRetriever();
    const toolCall = { functionCall: { name: 'headroom_retrieve', args: { hash: HASH, query: 'Lovelace' } } };
    const { toolResult } = await answerToolCall(aCaller(), retriever, { toolCall, provider: 'gemini' });
    expect(toolResult).toMatchObject({
      functionResponse: { name: 'headroom_retrieve', response: { count: 1 } },
    });
  });

  it('reports a miss without failing', async () => {
    const { retriever } = await aRetriever();
    const toolCall = {
      id: 'c',
      function: { name: 'headroom_retrieve', arguments: JSON.stringify({ hash: UNKNOWN }) },
    };
    const { success, data } = await answerToolCall(aCaller(), retriever, { toolCall, provider: 'openai' });
    expect(success).toBe(false);
    expect(data).toEqual({
      error: 'Entry not found (CCR TTL: 3600 seconds)',
      hash: UNKNOWN,
      status: 'not_found',
      ttl_seconds: 3600,
    });
  });

  it('says what is missing when it has no hash, however broken its arguments', async () => {
    const { retriever } = await aRetriever();
    for (const args of ['', '{"hash":', '[]', 'null', '{}', '{"hash":7}']) {
      const toolCall = { id: 'c', function: { name: 'headroom_retrieve', arguments: args } };
      const { success, data } = await answerToolCall(aCaller(), retriever, { toolCall, provider: 'openai' });
      expect(success).toBe(false);
      expect(data).toMatchObject({ error: 'hash required' });
    }
  });

  it.each([null, 7, [], {}, { id: 'x', function: { name: 'rm', arguments: '{}' } }])(
    'is refused when it is %j',
    async (toolCall) => {
      const { retriever } = await aRetriever();
      await expect(answerToolCall(aCaller(), retriever, { toolCall, provider: 'openai' })).rejects.toThrow(
        /tool_call/,
      );
    },
  );
});
