import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { hashOriginal, markerHashes } from '#libs/ccr';
import type { Message } from '#libs/kernel';
import { loadTokenCounter, type TokenCounter } from '#libs/tokens';
import {
  compressMessages,
  type CompressionOutcome,
  type CompressionSettings,
  type MessageResult,
} from '../index.js';

let counter: TokenCounter;
beforeAll(async () => {
  counter = await loadTokenCounter('gpt-4o');
});

function compress(messages: readonly Message[], config?: CompressionSettings): Promise<CompressionOutcome> {
  return compressMessages({ messages, config }, counter);
}

/** A call and its result. */
function exchange(name: string, args: object, content: string, id = 'call_1'): Message[] {
  return [
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id, type: 'function', function: { name, arguments: JSON.stringify(args) } }],
    },
    { role: 'tool', tool_call_id: id, content },
  ];
}

const contentOf = (outcome: CompressionOutcome, index: number): string =>
  outcome.messages.at(index)?.content as string;

const NOTE = Array.from(
  { length: 14 },
  (_, i) => `On day ${String(i)} we looked at the harbour of town ${String(i * 7)} and found it calm.`,
);
const NOTES = NOTE.join('\n');

const order = (id: string, status: string, amounts: readonly number[]): string =>
  JSON.stringify({
    order_id: id,
    customer_details: {
      full_name: 'Mia Li',
      city_of_residence: 'Austin',
      street_address: '975 Sunset Drive',
      postal_code: '78750',
    },
    status,
    items: amounts.map((amount, i) => ({
      sku: `SKU-${String(i)}`,
      title: `The ${String(i)}th thing`,
      amount,
    })),
    created_at: '2024-05-03T15:12:00',
    travel_insurance_included: 'no',
    estimated_delivery_window: '3 days',
    notes: 'leave it with the neighbour when nobody opens the door',
  });

describe('a tool result seen before', () => {
  it('becomes a reference that names the first call and the stored original', async () => {
    const outcome = await compress([
      ...exchange('read', { path: 'notes.md' }, NOTES),
      ...exchange('read', { path: 'notes.md' }, NOTES),
    ]);
    expect(contentOf(outcome, 1)).toBe(NOTES);
    const hash = hashOriginal(NOTES);
    expect(contentOf(outcome, 3)).toBe(
      `[Same as the result of read(notes.md) above. Retrieve more: hash=${hash}]`,
    );
    expect(outcome.originals).toMatchObject([{ hash, content: NOTES, toolName: 'read' }]);
    expect(outcome.reports[3]).toMatchObject({ reason: 'compressed' });
    expect(outcome.transforms).toEqual([expect.stringMatching(/^repetition:0\.\d\d$/)]);
  });

  it('stays JSON when it was JSON', async () => {
    const text = order('W1', 'pending', [1, 2, 3]);
    const outcome = await compress([
      ...exchange('get_order', { id: 'W1' }, text),
      ...exchange('get', {}, text),
    ]);
    const { _headroom: marker } = JSON.parse(contentOf(outcome, 3)) as Record<string, string>;
    expect(marker).toMatch(/^\[Same as the result of get_order\(W1\) above\. Retrieve more: hash=/);
  });

  it('is told apart from another result of the same call', async () => {
    const other = NOTES.replaceAll('calm', 'rough');
    const messages = [
      ...exchange('read', { path: 'a' }, NOTES),
      ...exchange('read', { path: 'a' }, other),
      ...exchange('read', { path: 'a' }, other),
    ];
    expect(contentOf(await compress(messages), 5)).toContain('Same as the result of read(a) #2 above');
  });

  it('may stand in the frozen prefix, which itself stays as it is', async () => {
    const messages = [
      ...exchange('read', { path: 'a' }, NOTES),
      ...exchange('read', { path: 'a' }, NOTES),
      ...exchange('read', { path: 'a' }, NOTES),
    ];
    const outcome = await compress(messages, { frozenMessageCount: 4 });
    expect(outcome.messages.slice(0, 4)).toEqual(messages.slice(0, 4));
    expect(contentOf(outcome, 5)).toContain('Same as the result of read(a) above');
  });

  it.each<[string, CompressionSettings]>([
    ['when it is switched off', { repetition: { enabled: false } }],
    ['in lossless mode', { mode: 'lossless' }],
    ['when its tool is to be left alone', { toolProfiles: { read: { skipCompression: true } } }],
  ])('stays as it is %s', async (_, config) => {
    const messages = [...exchange('read', {}, NOTES), ...exchange('read', {}, NOTES)];
    expect(contentOf(await compress(messages, config), 3)).toBe(NOTES);
  });

  it('carries no marker where markers are off', async () => {
    const messages = [...exchange('read', {}, NOTES), ...exchange('read', {}, NOTES)];
    const outcome = await compress(messages, { mode: 'lossy_inline' });
    expect(contentOf(outcome, 3)).toBe('[Same as the result of read() above.]');
    expect(outcome.originals).toHaveLength(1);
  });

  it('is not referred to when the first one has lost items', async () => {
    const list = JSON.stringify(
      Array.from({ length: 300 }, (_, id) => ({ id, text: `entry ${String(id * 7919)} of the list` })),
    );
    const outcome = await compress([...exchange('list', {}, list), ...exchange('list', {}, list)]);
    expect(markerHashes(contentOf(outcome, 1))).toHaveLength(1);
    expect(contentOf(outcome, 3)).toBe(contentOf(outcome, 1));
  });
});

describe('lines that stood before', () => {
  it('become one line that says where they stand, and the new ones stay', async () => {
    const later = ['A new beginning.', ...NOTE.slice(1), 'A new end.'].join('\n');
    const outcome = await compress([
      ...exchange('read', { path: 'a.md' }, NOTES),
      ...exchange('read', { path: 'b.md' }, later),
    ]);
    const lines = contentOf(outcome, 3).split('\n');
    expect(lines[0]).toBe('A new beginning.');
    expect(lines[1]).toMatch(
      /^\[… 13 lines as in read\(a\.md\) above, from "On day 1 we .*" to "On day 13 we .*" …\]$/,
    );
    expect(lines[2]).toBe('A new end.');
    expect(lines[3]).toBe(`[15 lines compressed to 2. Retrieve more: hash=${hashOriginal(later)}]`);
  });

  it('may have been written by the assistant itself', async () => {
    const outcome = await compress([
      ...exchange('write', { path: 'a.md', content: NOTES }, 'ok'),
      ...exchange('read', { path: 'a.md' }, `${NOTES}\nend`),
    ]);
    expect(contentOf(outcome, 3)).toMatch(/^\[… 14 lines as in the call write\(a\.md, On day 0 .*\) above/);
  });

  it('count only where they can still be read', async () => {
    const log = [
      ...Array.from(
        { length: 400 },
        (_, i) => `2024-05-01 10:00:00 INFO worker ${String(i % 3)} did job ${String(i)}`,
      ),
      '2024-05-01 10:00:01 ERROR all is lost',
    ];
    const outcome = await compress([
      ...exchange('run', {}, log.join('\n')),
      ...exchange('read', {}, ['# What I saw', '', ...log.slice(150, 170), 'And so on.'].join('\n')),
    ]);
    expect(contentOf(outcome, 1)).not.toContain('did job 160');
    expect(contentOf(outcome, 3)).not.toContain('lines as in');
  });
});

describe('a record seen before', () => {
  const before = exchange('get_order', { id: 'W1' }, order('W1', 'pending', [1, 2, 3, 4]));

  it('is told by what has changed', async () => {
    const after = order('W1', 'cancelled', [1, 2, 3, 4]);
    const outcome = await compress([...before, ...exchange('cancel_order', { id: 'W1' }, after)]);
    expect(JSON.parse(contentOf(outcome, 3))).toEqual({
      order_id: 'W1',
      status: 'cancelled',
      _headroom: `[Its other fields are as in get_order(W1) above. Retrieve more: hash=${hashOriginal(after)}]`,
    });
  });

  it('gives another of its kind the order of its fields', async () => {
    const outcome = await compress([
      ...before,
      ...exchange(
        'get_order',
        { id: 'W2' },
        order('W2', 'sent', [70, 80]).replaceAll('Mia', 'Ada').replace('neighbour', 'porter'),
      ),
    ]);
    const { _headroom: marker, _values: values } = JSON.parse(contentOf(outcome, 3)) as Record<
      string,
      unknown[]
    >;
    expect(marker).toBe('[Fields as in get_order(W1) above]');
    expect(values?.slice(0, 3)).toEqual(['W2', ['Ada Li', 'Austin', '975 Sunset Drive', '78750'], 'sent']);
    expect(values?.[3]).toEqual([
      ['SKU-0', 'The 0th thing', 70],
      ['SKU-1', 'The 1th thing', 80],
    ]);
  });
});

/** Results that share much, in any order. */
const conversation = fc
  .array(
    fc.record({
      tool: fc.constantFrom('read', 'get_order', 'list'),
      id: fc.constantFrom('call_1', 'call_2'),
      content: fc.oneof(
        fc.constantFrom(NOTES, `start\n${NOTES}\nend`, NOTE.slice(3).join('\n'), 'ok', '', '{}', '[]'),
        fc
          .tuple(
            fc.constantFrom('W1', 'W2'),
            fc.constantFrom('sent', 'lost'),
            fc.array(fc.nat(9), { maxLength: 5 }),
          )
          .map(([id, status, amounts]) => order(id, status, amounts)),
      ),
    }),
    { maxLength: 8 },
  )
  .map((turns) => turns.flatMap(({ tool, id, content }) => exchange(tool, { id }, content, id)));

describe('any conversation', () => {
  it('reads the same on every later turn', async () => {
    await fc.assert(
      fc.asyncProperty(conversation, fc.nat(16), async (messages, length) => {
        const whole = await compress(messages);
        const prefix = await compress(messages.slice(0, length));
        expect(whole.messages.slice(0, length)).toEqual(prefix.messages);
      }),
      { numRuns: 60 },
    );
  });

  it('never grows, keeps every original, and is the same from a warm cache', async () => {
    await fc.assert(
      fc.asyncProperty(conversation, async (messages) => {
        const cold = await compress(messages);
        const cache = new Map<string, MessageResult>();
        await compressMessages({ messages: messages.slice(0, 6) }, counter, { cache });
        expect(await compressMessages({ messages }, counter, { cache })).toEqual(cold);
        const stored = new Map(cold.originals.map(({ hash, content }) => [hash, content]));
        for (const { index, tokensAfter, tokensBefore } of cold.reports) {
          expect(tokensAfter).toBeLessThanOrEqual(tokensBefore);
          if (!cold.changed[index]) continue;
          const sent = messages[index]?.content as string;
          expect(stored.get(hashOriginal(sent))).toBe(sent);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is left as it is when it was compressed before', async () => {
    await fc.assert(
      fc.asyncProperty(conversation, async (messages) => {
        const { messages: once } = await compress(messages);
        expect((await compress(once)).messages).toEqual(once);
      }),
      { numRuns: 40 },
    );
  });
});
