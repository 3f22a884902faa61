import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { getEncoding, type Tiktoken } from 'js-tiktoken';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadTokenCounter, type TokenCounter } from './index.js';

const DATA = join('..', 'shared', 'data');
const SAMPLES = ['build-logs', 'diffs', 'json-responses', 'loghub', 'search-outputs', 'source-files'];

/** The first 30,000 characters of some files of each kind: enough variety, and the reference is slow. */
function* samples(): Generator<[string, string]> {
  for (const kind of SAMPLES) {
    const files = readdirSync(join(DATA, kind), { recursive: true, withFileTypes: true }).filter((file) =>
      file.isFile(),
    );
    const readable = files.filter((file) => !file.name.endsWith('.gz'));
    for (const file of readable.slice(0, 4)) {
      const path = join(file.parentPath, file.name);
      yield [path, readFileSync(path, 'utf8').slice(0, 30_000)];
    }
  }
}

describe.each([
  ['gpt-4o', 'o200k_base'],
  ['gpt-4', 'cl100k_base'],
] as const)('counting for %s', (model, encoding) => {
  let counter: TokenCounter;
  let reference: Tiktoken;
  const referenceCount = (text: string): number => reference.encode(text, [], []).length;

  beforeAll(async () => {
    counter = await loadTokenCounter(model);
    reference = getEncoding(encoding);
  });

  it('names its encoding and counts exactly', () => {
    expect(counter).toMatchObject({ encoding, exact: true, replyTokens: 3 });
  });

  it.skipIf(!existsSync(DATA))(`counts as js-tiktoken does on real outputs (skipped without ${DATA})`, () => {
    for (const [path, text] of samples())
      expect([path, counter.countText(text)]).toEqual([path, referenceCount(text)]);
  });

  it('counts as js-tiktoken does on any text', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc
        .array(fc.constantFrom(' ', '\n', '\r\n', '\t', "don't", 'Émile', '漢字', '!!', '/', '123'))
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(
        text.map((value) => value.replaceAll('\ufeff', '')),
        (value) => {
          expect(counter.countText(value)).toBe(referenceCount(value));
        },
      ),
    );
  });

  it('counts as js-tiktoken does on lines in several scripts', () => {
    const part = fc.constantFrom(
      ...[
        'word',
        ' word',
        "it's",
        'CamelCase',
        '12345',
        ' ',
        '   ',
        '\n',
        '\n\n',
        '\r\n',
        '\t',
        '/',
        '//',
        '{"a":',
        '},',
      ],
      ...['é', ' naïve', '…', '漢字', '😀', '\u00a0', '\u2028', 'ＡＢ', '!', '--', '\u0007'],
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
        const value = parts.join('');
        expect(counter.countText(value)).toBe(referenceCount(value));
      }),
      { numRuns: 1_000 },
    );
  });

  it('counts a byte order mark as one token, alone or merged with what follows', () => {
    for (const text of ['\ufeff', '\ufeffHello world', '\ufeff{"a":1}', '\ufeffusing System;']) {
      expect(Math.abs(counter.countText(text) - referenceCount(text))).toBeLessThanOrEqual(1);
    }
    expect(counter.countText('\ufeff')).toBe(referenceCount('\ufeff'));
  });

  it('takes special tokens for plain text', () => {
    for (const text of ['<|endoftext|>', 'a <|im_start|>user', '<|endofprompt|>x']) {
      expect(counter.countText(text)).toBe(referenceCount(text));
      expect(counter.countText(text)).toBeGreaterThan(1);
    }
  });

  it('counts lone surrogates and NUL bytes', () => {
    expect(counter.countText('\ud800')).toBeGreaterThan(0);
    expect(counter.countText('a\u0000b')).toBe(referenceCount('a\u0000b'));
  });

  it('counts a long run within a token per cut', () => {
    const text = `value ${'x'.repeat(3000)} end`;
    expect(Math.abs(counter.countText(text) - referenceCount(text))).toBeLessThanOrEqual(12);
  });

  it('gives the same count again', () => {
    const text = 'the same text again and again '.repeat(100);
    expect(counter.countText(text)).toBe(counter.countText(text));
  });
});

describe('counting messages', () => {
  let counter: TokenCounter;
  beforeAll(async () => {
    counter = await loadTokenCounter('gpt-4o');
  });

  it('frames each message with three tokens and primes the reply with three', () => {
    const message = { role: 'user', content: 'hello world' };
    expect(counter.countMessage(message)).toBe(3 + 1 + 2);
    expect(counter.countMessages([message])).toBe(3 + 1 + 2 + 3);
    expect(counter.countMessages([])).toBe(3);
  });

  it('adds up', () => {
    const message = fc.record({ role: fc.constantFrom('user', 'assistant', 'tool'), content: fc.string() });
    fc.assert(
      fc.property(fc.array(message), (messages) => {
        const sum = messages.reduce(
          (tokens, each) => tokens + counter.countMessage(each),
          counter.replyTokens,
        );
        expect(counter.countMessages(messages)).toBe(sum);
      }),
    );
  });

  it('counts names and tool calls', () => {
    const bare = counter.countMessage({ role: 'assistant', content: null });
    const call = {
      id: 'call_1',
      type: 'function',
      function: { name: 'get_weather', arguments: '{"city":"Paris"}' },
    };
    expect(counter.countMessage({ role: 'assistant', content: null, tool_calls: [call] })).toBe(
      bare + 3 + counter.countText('get_weather') + counter.countText('{"city":"Paris"}'),
    );
    expect(counter.countMessage({ role: 'assistant', content: null, name: 'ada' })).toBe(
      bare + 1 + counter.countText('ada'),
    );
  });

  it('counts the blocks of both providers, and never an image as text', () => {
    const image = `data:image/png;base64,${'A'.repeat(100_000)}`;
    const count = (...content: { type: string }[]) => counter.countMessage({ role: 'user', content }) - 4;
    expect(count({ type: 'text', text: 'hello world' } as { type: string })).toBe(2);
    expect(count({ type: 'image_url', image_url: { url: image } } as { type: string })).toBe(765);
    expect(count({ type: 'image_url', image_url: { url: image, detail: 'low' } } as { type: string })).toBe(
      85,
    );
    expect(count({ type: 'image', source: { type: 'base64', data: image } } as { type: string })).toBe(765);
    expect(
      count({ type: 'input_audio', input_audio: { data: image, format: 'wav' } } as { type: string }),
    ).toBeLessThan(40);
    expect(count({ type: 'tool_use', id: 't', name: 'f', input: { a: 1 } } as { type: string })).toBe(
      3 + counter.countText('f') + counter.countText('{"a":1}'),
    );
    const nested = {
      type: 'tool_result',
      tool_use_id: 't',
      content: [{ type: 'text', text: 'hello world' }],
    };
    expect(count(nested)).toBe(2);
  });

  it('counts an image by its size, as the provider does', async () => {
    const header = Buffer.from('89504e470d0a1a0a0000000d494844520000020000000200', 'hex').toString('base64');
    const count = async (model: string, ...content: { type: string }[]) =>
      (await loadTokenCounter(model)).countMessages([{ role: 'user', content }]) -
      (await loadTokenCounter(model)).countMessages([{ role: 'user', content: '' }]);
    const linked = { type: 'image_url', image_url: { url: `data:image/png;base64,${header}` } };
    const source = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: header } };
    expect(await count('gpt-4o', linked)).toBe(255);
    expect(
      await count('gpt-4o', { type: 'input_image', image_url: linked.image_url.url } as { type: string }),
    ).toBe(255);
    expect(await count('claude-sonnet-4-5', source)).toBe(349);
    expect(await count('gemini-2.5-pro', linked)).toBe(258);
    expect(
      await count('claude-sonnet-4-5', { type: 'image', source: { type: 'url' } } as { type: string }),
    ).toBe(1398);
  });

  it('takes nesting that cannot be written as JSON', () => {
    const input: unknown = JSON.parse(`${'{"a":['.repeat(20_000)}"x"${']}'.repeat(20_000)}`);
    const content = [{ type: 'tool_use', id: 't', name: 'f', input }];
    expect(counter.countMessage({ role: 'assistant', content })).toBeGreaterThan(0);
  });

  it('estimates on the safe side where the tokenizer is not public', async () => {
    const claude = await loadTokenCounter('claude-sonnet-4-5');
    expect(claude.exact).toBe(false);
    const text = 'Estimates are there to keep a budget. '.repeat(20);
    expect(claude.countText(text)).toBeGreaterThan(counter.countText(text));
  });

  it('loads an encoding once', async () => {
    expect(await loadTokenCounter('gpt-4o')).toBe(await loadTokenCounter('gpt-4.1'));
  });
});
