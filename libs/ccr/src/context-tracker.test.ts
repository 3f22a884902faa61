import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expansionFor, hashOriginal, markerHashes, type TrackedOriginal } from './index.js';

const tracked = (content: string, shown = ''): TrackedOriginal => ({
  hash: hashOriginal(content),
  content,
  shown,
});

const FILES = Array.from({ length: 500 }, (_, i) => ({
  path: i === 317 ? 'src/http/auth_middleware.py' : `src/part${String(i % 40)}/module_${String(i)}.py`,
  lines: 100 + i,
}));
const LISTING = JSON.stringify(FILES);
const SHOWN = JSON.stringify(FILES.slice(0, 15));

describe('what a question asks for of what was dropped', () => {
  it('is found by the words that they share', () => {
    const expansion = expansionFor('What about the auth middleware?', [tracked(LISTING, SHOWN)]);
    expect(expansion).toContain(JSON.stringify(FILES[317]));
    expect(expansion).not.toContain('module_1.py');
    expect(markerHashes(expansion ?? '')).toEqual([hashOriginal(LISTING)]);
  });

  it('is found by an identifier', () => {
    const expansion = expansionFor('Show me module_444.py again', [tracked(LISTING, SHOWN)]);
    expect(expansion).toContain('module_444.py');
    expect(expansion?.split('\n')).toHaveLength(3);
  });

  it.each([
    ['what is still shown', 'Show me module_3.py', SHOWN],
    [
      'what stands in a table',
      'Show me module_444.py',
      '{"_cols":["path","lines"],"_rows":[["src/part4/module_444.py",544]]}',
    ],
    ['anything when nothing is asked for', 'Thank you, go on!', SHOWN],
    ['what all items share', 'Which src modules are python files?', SHOWN],
  ])('is not %s', (_, question, shown) => {
    expect(expansionFor(question, [tracked(LISTING, shown)])).toBeUndefined();
  });

  it('is found in logs and text too', () => {
    const log = Array.from(
      { length: 300 },
      (_, i) => `10:00:${String(i)} INFO job ${String(i * 7)} done`,
    ).join('\n');
    const all = `${log}\n10:09:00 WARN retried the payment of invoice INV-2291`;
    expect(expansionFor('Did the payment of that invoice fail?', [tracked(all)])).toContain('INV-2291');
  });

  it('is little', () => {
    const rows = Array.from({ length: 50 }, (_, i) => `quartz of kind ${String(i)} ${'x'.repeat(300)}`).join(
      '\n',
    );
    const few = expansionFor('quartz', [tracked(`${'other line\n'.repeat(900)}${rows}`)]) ?? '';
    expect(few.length).toBeLessThan(2_500);
    const big = `${'something else\n'.repeat(50)}quartz ${'y'.repeat(5_000)}`;
    expect(expansionFor('quartz', [tracked(big)])).toBeUndefined();
  });

  it('is the same every time, whatever the contents are', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.array(fc.tuple(fc.string(), fc.json())),
        (question, contents) => {
          const all = contents.flatMap(([text, json]) => [tracked(text), tracked(json)]);
          const expansion = expansionFor(question, all);
          expect(expansionFor(question, all)).toBe(expansion);
          const hashes = all.map(({ hash }) => hash);
          for (const hash of markerHashes(expansion ?? '')) expect(hashes).toContain(hash);
        },
      ),
    );
  });
});
