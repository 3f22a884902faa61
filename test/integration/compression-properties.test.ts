import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { openTools } from '#libs/adapters';
import { hashOriginal, markerHashes } from '#libs/ccr';
import { compressMessages, type CompressionOutcome, type CompressionSettings } from '#libs/compression';
import { decodeLossless } from '../../libs/compression/src/decode-lossless.js';
import { minifiedJson } from '../support/minified-json.js';
import type { Message } from '#libs/kernel';
import { loadTokenCounter, type TokenCounter } from '#libs/tokens';
import { arbitraryContent } from '../support/arbitrary-contents.js';
import { PATHOLOGICAL_INPUTS } from '../support/pathological-inputs.js';

const RUNS = { numRuns: 150 };
const MODES = ['lossless', 'ccr', 'lossy_inline'] as const;
const mode = fc.constantFrom(...MODES);
const question = fc.constantFrom('', 'Which orders failed?', 'Describe the cache of the worker.');

const tools = openTools();
let counter: TokenCounter;
beforeAll(async () => {
  counter = await loadTokenCounter('gpt-4o');
});

/** Code is compressed wherever it stands, so that every stage takes part. */
const EVERYTHING: CompressionSettings = { protectRecentCode: 0, protectAnalysisContext: false };

function conversation(asked: string, contents: readonly string[]): Message[] {
  return [
    { role: 'user', content: asked },
    ...contents.map((content, i) => ({ role: 'tool', tool_call_id: `call_${i}`, content })),
  ];
}

async function compress(
  messages: readonly Message[],
  config: CompressionSettings = {},
): Promise<CompressionOutcome> {
  return compressMessages({ messages, config: { ...EVERYTHING, ...config } }, counter, { tools });
}

describe('compression, whatever agents read', () => {
  it('never makes anything larger, and never fails', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryContent(), question, mode, async (content, asked, chosen) => {
        const { reports } = await compress(conversation(asked, [content]), { mode: chosen });
        const report = reports[1];
        expect(report?.reason).not.toBe('failed');
        expect(report?.tokensAfter).toBeLessThanOrEqual(report?.tokensBefore ?? 0);
      }),
      RUNS,
    );
  });

  it('is done once: what it made it leaves alone', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryContent(), question, mode, async (content, asked, chosen) => {
        const once = await compress(conversation(asked, [content]), { mode: chosen });
        // Without a marker nothing tells a shortened text from a whole one.
        if (chosen === 'lossy_inline' && once.originals.length > 0) return;
        const twice = await compress(once.messages, { mode: chosen });
        expect(twice.messages).toEqual(once.messages);
      }),
      RUNS,
    );
  });

  it('gives everything back in lossless mode', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryContent(), async (content) => {
        const { messages } = await compress(conversation('', [content]), { mode: 'lossless' });
        const output = messages[1]?.content as string;
        if (output === content) return;
        const decoded = decodeLossless(output);
        expect([content, minifiedJson(content)]).toContain(decoded);
      }),
      RUNS,
    );
  });

  it('has an original for every change, and one for every marker', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(arbitraryContent(), { maxLength: 4 }), question, async (contents, asked) => {
        const { messages, originals, changed } = await compress(conversation(asked, contents));
        const stored = new Map(originals.map(({ hash, content }) => [hash, content]));
        for (const [hash, content] of stored) expect(hashOriginal(content)).toBe(hash);
        for (const [at, content] of contents.entries()) {
          if (changed[at + 1] !== true) continue;
          expect(stored.get(hashOriginal(content))).toBe(content);
          for (const hash of markerHashes(messages[at + 1]?.content as string)) {
            expect(stored.has(hash) || markerHashes(contents.join('\n')).includes(hash)).toBe(true);
          }
        }
      }),
      RUNS,
    );
  });

  it('gives earlier messages the same bytes on every later turn', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(arbitraryContent(), { minLength: 2, maxLength: 4 }),
        question,
        async (contents, asked) => {
          const messages = conversation(asked, contents);
          const later = await compress(messages);
          const earlier = await compress(messages.slice(0, -1));
          expect(later.messages.slice(0, -1)).toEqual(earlier.messages);
        },
      ),
      RUNS,
    );
  });
});

describe('compression in another process', () => {
  it('gives the same bytes under another time zone, locale and memory', async () => {
    const contents = fc.sample(arbitraryContent(), { seed: 11, numRuns: 60 });
    const here = (await compress(conversation('Which orders failed?', contents))).messages;
    const script = `
      import { openTools } from '#libs/adapters';
      import { compressMessages } from '#libs/compression';
      import { loadTokenCounter } from '#libs/tokens';
      let input = '';
      for await (const piece of process.stdin) input += piece;
      const request = JSON.parse(input);
      const outcome = await compressMessages(request, await loadTokenCounter('gpt-4o'), { tools: openTools() });
      process.stdout.write(JSON.stringify(outcome.messages));
    `;
    const there = execFileSync(
      process.execPath,
      ['--import', 'tsx', '--conditions=source', '--input-type=module', '-e', script],
      {
        input: JSON.stringify({
          messages: conversation('Which orders failed?', contents),
          config: EVERYTHING,
        }),
        env: { ...process.env, TZ: 'Asia/Kathmandu', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
        maxBuffer: 1e9,
      },
    );
    expect(JSON.parse(there.toString())).toEqual(JSON.parse(JSON.stringify(here)));
  });
});

describe('input that breaks naive compressors', () => {
  it.each(PATHOLOGICAL_INPUTS)('$name is read within the deadline', async ({ make }) => {
    const messages = conversation('What went wrong?', [make()]);
    const config = { ...EVERYTHING, deadlineMs: 10_000 };
    const now = () => performance.now();
    const outcome = await compressMessages({ messages, config }, counter, { tools, now });
    expect(['failed', 'deadline']).not.toContain(outcome.reports[1]?.reason);
    expect(outcome.tokensAfter).toBeLessThanOrEqual(outcome.tokensBefore);
  });
});
