import { beforeAll, describe, expect, it } from 'vitest';
import { hashOriginal } from '#libs/ccr';
import type { Message } from '#libs/kernel';
import { loadTokenCounter, type TokenCounter } from '#libs/tokens';
import {
  compressMessages,
  type CompressionOutcome,
  type CompressionSettings,
  type MessageResult,
} from './index.js';

let counter: TokenCounter;
beforeAll(async () => {
  counter = await loadTokenCounter('gpt-4o');
});

const FILES = JSON.stringify(
  Array.from({ length: 400 }, (_, i) => ({
    path: i === 317 ? 'src/http/auth_middleware.py' : `src/part${String(i % 40)}/module_${String(i)}.py`,
    lines: 100 + (i % 7),
  })),
);
const TURN: Message[] = [
  { role: 'user', content: 'Which files are there?' },
  { role: 'tool', tool_call_id: 'call_1', content: FILES },
  { role: 'assistant', content: 'About 400.' },
];
const ASKED: Message = { role: 'user', content: 'What about the auth middleware?' };
const ON: CompressionSettings = { expansion: { enabled: true } };

function compress(
  messages: readonly Message[],
  config?: CompressionSettings,
  cache?: Map<string, MessageResult>,
): Promise<CompressionOutcome> {
  return compressMessages({ messages, config }, counter, { cache });
}

describe('a question about what was dropped', () => {
  it('gets the item that it asks for, and where it comes from', async () => {
    const { messages, reports, originals } = await compress([...TURN, ASKED], ON);
    expect(messages[1]?.content).not.toContain('auth_middleware');
    expect(messages[3]?.content).toMatch(/^What about the auth middleware\?\n\n\[From earlier results/);
    expect(messages[3]?.content).toContain('src/http/auth_middleware.py');
    expect(messages[3]?.content).toContain(`hash=${hashOriginal(FILES)}`);
    expect(reports[3]).toMatchObject({ reason: 'expanded', transforms: ['ccr_expansion'] });
    expect(originals.map(({ content }) => content)).toEqual([FILES, ASKED.content]);
    expect(messages[0]).toBe(TURN[0]);
  });

  it('reads the same on every later turn, remembered or not', async () => {
    const cache = new Map<string, MessageResult>();
    const now = await compress([...TURN, ASKED], ON, cache);
    const later = [
      ...TURN,
      ASKED,
      { role: 'assistant', content: 'It checks keys.' },
      { role: 'user', content: 'Thanks' },
    ];
    for (const known of [cache, undefined]) {
      expect((await compress(later, ON, known)).messages.slice(0, 4)).toEqual(now.messages);
    }
  });

  it('is found in parts, and without what memory put before it', async () => {
    const text = `<context source="memory">\n- Ada likes module_5.py\n</context>\n\nWhat about the auth middleware?`;
    const { messages } = await compress([...TURN, { role: 'user', content: [{ type: 'text', text }] }], ON);
    const parts = messages[3]?.content as readonly { text: string }[];
    expect(parts[0]?.text).toBe(text);
    expect(parts[1]?.text).toContain('auth_middleware');
    expect(parts[1]?.text).not.toContain('module_5.py');
  });

  it.each<[string, CompressionSettings]>([
    ['unless it is asked for', {}],
    ['without loss', { ...ON, mode: 'lossless' }],
    ['without markers', { ...ON, mode: 'lossy_inline' }],
    ['in the frozen prefix', { ...ON, frozenMessageCount: 4 }],
  ])('stays as it is %s', async (_, config) => {
    expect((await compress([...TURN, ASKED], config)).messages[3]).toBe(ASKED);
  });
});
