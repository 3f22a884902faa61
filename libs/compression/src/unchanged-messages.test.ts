import { beforeAll, describe, expect, it } from 'vitest';
import type { Message } from '#libs/kernel';
import { loadTokenCounter, type TokenCounter } from '#libs/tokens';
import { BUILD_LOG, SEARCH, compress, toolResult } from '../../../test/support/tool-results.js';
import { compressMessages } from './index.js';

let counter: TokenCounter;
beforeAll(async () => {
  counter = await loadTokenCounter('gpt-4o');
});

describe('what stays as it is', () => {
  it('leaves users, assistants and the frozen prefix alone, as the very same objects', async () => {
    const messages: Message[] = [
      { role: 'system', content: 'You are helpful.' },
      { role: 'user', content: SEARCH },
      { role: 'assistant', content: SEARCH },
      toolResult(SEARCH),
      toolResult('short'),
      toolResult(
        Array.from({ length: 30 }, (_, i) => `Sentence ${String(i)} tells of a matter of its own.`).join(' '),
      ),
    ];
    const outcome = await compress(messages, { frozenMessageCount: 4 });
    for (const [index, message] of messages.entries()) expect(outcome.messages[index]).toBe(message);
    expect(outcome.reports.map(({ reason }) => reason)).toEqual([
      'protected_frozen',
      'protected_frozen',
      'protected_frozen',
      'protected_frozen',
      'below_min_tokens',
      'not_smaller',
    ]);
    expect(outcome.changed).not.toContain(true);
    expect(outcome.tokensAfter).toBe(counter.countMessages(messages));
  });

  it('touches what a user wrote only when told to', async () => {
    const message: Message = { role: 'user', content: SEARCH };
    expect((await compress([message])).reports[0]?.reason).toBe('protected_role');
    expect((await compress([message], { compressUserMessages: true })).reports[0]?.reason).toBe('compressed');
  });

  it("compresses Anthropic's tool results inside a user message and nothing beside them", async () => {
    const message: Message = {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'a', content: SEARCH },
        {
          type: 'tool_result',
          tool_use_id: 'b',
          content: [{ type: 'text', text: BUILD_LOG }],
          is_error: false,
        },
        { type: 'text', text: SEARCH, cache_control: { type: 'ephemeral' } },
      ],
    };
    const outcome = await compress([message]);
    const [first, second, third] = outcome.messages[0]?.content as unknown as {
      content?: unknown;
      text?: string;
    }[];
    expect(first?.content).toContain('items compressed');
    expect(JSON.stringify(second)).toContain('lines compressed');
    expect(third).toEqual({ type: 'text', text: SEARCH, cache_control: { type: 'ephemeral' } });
    expect(outcome.originals.map(({ content }) => content)).toEqual([SEARCH, BUILD_LOG]);
  });

  it('is done once: what it made it leaves alone', async () => {
    for (const mode of ['ccr', 'lossless'] as const) {
      const once = await compress([toolResult(SEARCH), toolResult(BUILD_LOG)], { mode });
      const twice = await compress(once.messages, { mode });
      expect(twice.messages).toEqual(once.messages);
      expect(twice.changed).toEqual([false, false]);
    }
  });

  it('gives earlier messages the same bytes on every later turn', async () => {
    const turn: Message[] = [{ role: 'user', content: 'Find document 17' }, toolResult(SEARCH)];
    const later: Message[] = [
      ...turn,
      { role: 'assistant', content: 'Done.' },
      { role: 'user', content: 'And zanzibar-quartz?' },
    ];
    expect((await compress(later)).messages.slice(0, 2)).toEqual((await compress(turn)).messages);
  });

  it('stops at the deadline and says so', async () => {
    let time = 0;
    const outcome = await compressMessages(
      { messages: [toolResult(SEARCH), toolResult(SEARCH)], config: { deadlineMs: 10 } },
      counter,
      {
        now: () => (time += 6),
      },
    );
    expect(outcome.reports.map(({ reason }) => reason)).toEqual(['compressed', 'deadline']);
  });
});

describe('what a model asked back', () => {
  it('reaches it whole', async () => {
    const call: Message = {
      role: 'assistant',
      content: null,
      tool_calls: [
        { id: 'call_1', type: 'function', function: { name: 'headroom_retrieve', arguments: '{}' } },
      ],
    };
    expect((await compress([call, toolResult(SEARCH)])).reports[1]?.reason).toBe('protected_tool');
  });
});
