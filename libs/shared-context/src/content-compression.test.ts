import { beforeEach, describe, expect, it } from 'vitest';
import { aCaller } from '../../../test/support/callers.js';
import { aCompressor } from '../../../test/support/compressors.js';
import { anOriginalStore } from '../../../test/support/original-stores.js';
import { hashOriginal, markerHashes, type OriginalStore } from '#libs/ccr';
import { loadTokenCounter } from '#libs/tokens';
import { ContentCompression } from './content-compression.js';

const caller = aCaller();
const rows = JSON.stringify(
  Array.from({ length: 200 }, (_, id) => ({ id, host: `web-${id}`, load: (id * 37) % 101, status: 'ok' })),
);

let originals: OriginalStore;
let compression: ContentCompression;
beforeEach(() => {
  originals = anOriginalStore().store;
  compression = new ContentCompression(aCompressor(originals), originals);
});

const compress = (text: string, kind: 'text' | 'json' = 'json') =>
  compression.compress(caller, { kind, text }, { userId: 'ann' });

const openAi = [
  { role: 'system', content: 'Today is 2026-11-29. Be brief.' },
  { role: 'user', content: 'Which hosts are there?' },
  {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'c', type: 'function', function: { name: 'list', arguments: '{}' } }],
  },
  { role: 'tool', tool_call_id: 'c', content: rows },
  { role: 'assistant', content: 'Two hundred.' },
];
const anthropic = [
  { role: 'user', content: 'Which hosts are there?' },
  { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'list', input: { n: 1 } }] },
  { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: rows }] },
];

describe('messages that are shared as a whole', () => {
  it.each([
    ['OpenAI’s', openAi, 3],
    ['Anthropic’s', anthropic, 2],
  ])('become smaller through their tool results alone: %s', async (_name, messages, index) => {
    const text = JSON.stringify(messages, null, 2);
    for (const kind of ['json', 'text'] as const) {
      const view = await compress(text, kind);
      const shown = JSON.parse(view.compressed) as typeof messages;
      expect(view).toMatchObject({ contentKind: kind, original: text, hash: hashOriginal(text) });
      expect(shown).toHaveLength(messages.length);
      for (const [i, message] of shown.entries()) if (i !== index) expect(message).toEqual(messages[i]);
      expect(JSON.stringify(shown[index]).length).toBeLessThan(rows.length / 2);
      expect(view.compressedTokens).toBeLessThan(view.originalTokens / 2);
    }
  });

  it('are retrievable as a whole and by the parts that their markers name, for their owner', async () => {
    const text = JSON.stringify(openAi);
    const { compressed, hash } = await compress(text);
    const whole = await originals.find(caller, hash, 'ann');
    expect(whole).toMatchObject({ status: 'found', original: { content: text, userId: 'ann' } });
    const named = markerHashes(compressed);
    expect(named).toEqual([hashOriginal(rows)]);
    for (const part of named) {
      expect(await originals.find(caller, part)).toMatchObject({ original: { content: rows } });
    }
  });

  it('cost what a model is charged for the messages', async () => {
    const counter = await loadTokenCounter();
    const { originalTokens } = await compress(JSON.stringify(openAi));
    expect(originalTokens).toBe(counter.countMessages(openAi) - counter.replyTokens);
  });
});
