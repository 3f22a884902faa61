import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldBlobs } from './fold-blobs.js';

/** Bytes without a pattern, from a linear congruential generator. */
function data(length: number): Buffer {
  let state = 9;
  return Buffer.from(
    Array.from({ length }, () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) >>> 24),
  );
}

const BASE64 = data(3000).toString('base64');
const HEX = data(1000).toString('hex');

describe('blobs in a text', () => {
  it('are named by their beginning, kind and size', () => {
    const text = `The picture: data:image/png;base64,${BASE64}\nand its key ${HEX}.`;
    expect(foldBlobs(text)).toBe(
      `The picture: data:image/png;base64,${BASE64.slice(0, 16)}[base64, 4,000 characters]\n` +
        `and its key ${HEX.slice(0, 16)}[hex, 2,000 characters].`,
    );
  });

  it('may be broken into lines', () => {
    const lines = BASE64.match(/.{1,64}/g)?.join('\n') ?? '';
    const text = `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----`;
    const [first, blob, last] = foldBlobs(text).split('\n');
    expect([first, last]).toEqual(['-----BEGIN CERTIFICATE-----', '-----END CERTIFICATE-----']);
    expect(blob).toMatch(/^.{16}\[base64, 4,062 characters\]/);
  });

  it('may be one character again and again', () => {
    expect(foldBlobs('a'.repeat(1_000_000))).toBe(`${'a'.repeat(16)}[1,000,000 characters]`);
  });

  it.each([
    ['prose', 'The house is quiet, and nobody comes. '.repeat(200)],
    ['a list of hashes', (HEX.match(/.{64}/g) ?? []).join('\n')],
    ['short tokens', `${BASE64.slice(0, 500)} and ${BASE64.slice(600, 1000)}`],
    ['paths and addresses', '/usr/lib/node.js/a.b?c=d&e '.repeat(100)],
  ])('are not %s', (_name, text) => {
    expect(foldBlobs(text)).toBe(text);
  });

  it('are folded once, in any text', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(BASE64, HEX, '\n', ' ', '-'.repeat(600)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const once = foldBlobs(pieces.join(''));
        expect(once.length).toBeLessThanOrEqual(pieces.join('').length);
        expect(foldBlobs(once)).toBe(once);
      }),
    );
  });
});
