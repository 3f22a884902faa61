import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allOf } from '../../../../test/support/all-of.js';
import { splitLines, type TextLine } from './split-lines.js';

async function* pieces(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? bytes.length;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

const lines = (bytes: Buffer, sizes: readonly number[] = [3], maxBytes = 1_000): Promise<TextLine[]> =>
  allOf(splitLines(pieces(bytes, sizes), maxBytes));
const texts = async (text: string): Promise<[number, string | undefined][]> =>
  (await lines(Buffer.from(text))).map(({ line, bytes }) => [line, bytes?.toString()]);

describe('splitting bytes into lines', () => {
  it('takes every kind of line end, a mark at the beginning, and a last line without an end', async () => {
    expect(await texts('\uFEFFone\r\ntwo\n\nfour')).toEqual([
      [1, 'one'],
      [2, 'two'],
      [3, ''],
      [4, 'four'],
    ]);
    expect(await texts('')).toEqual([]);
    expect(await texts('\n')).toEqual([[1, '']]);
  });

  it('gives the same lines for any bytes, however they arrive', async () => {
    const anyBytes = fc
      .array(fc.oneof(fc.constantFrom(0x0a, 0x0d, 0xef, 0xbb, 0xbf), fc.nat({ max: 255 })))
      .map((bytes) => Buffer.from(bytes));
    await fc.assert(
      fc.asyncProperty(
        anyBytes,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
        async (bytes, sizes) => {
          const whole = await lines(bytes, [Math.max(bytes.length, 1)]);
          expect(await lines(bytes, sizes)).toEqual(whole);
          const marked = whole.map((line) => line.bytes?.toString('latin1') ?? '').join('\n');
          const expected = bytes.toString('latin1').replace(/^\u00ef\u00bb\u00bf/, '');
          expect(marked.replaceAll('\r', '')).toBe(expected.replace(/\n$/, '').replaceAll('\r', ''));
        },
      ),
    );
  });

  it('passes over a line that is too long, without holding it, and goes on behind it', async () => {
    const read = await lines(Buffer.from(`ok\n${'x'.repeat(11)}\n${'y'.repeat(10)}\n`), [4], 10);
    expect(read.map(({ bytes }) => bytes?.toString())).toEqual(['ok', undefined, 'y'.repeat(10)]);
  });
});
