import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  diffMarker,
  droppedMessagesMarker,
  hashIn,
  hashOriginal,
  itemsMarker,
  linesMarker,
  markerHashes,
  matchesMarker,
} from './index.js';

const H = '0123456789abcdef01234567';

describe('hashOriginal', () => {
  it('is the start of the SHA-256 of the UTF-8 text', () => {
    expect(hashOriginal('hello')).toBe('2cf24dba5fb0a30e26e83b2a');
    expect(hashOriginal('')).toBe('e3b0c44298fc1c149afbf4c8');
  });

  it('tells apart what UTF-8 would fold into one', () => {
    expect(new Set(['\ud800', '\udfff', '\ufffd', ''].map(hashOriginal)).size).toBe(4);
  });

  it('gives 24 lowercase hex characters, the same again, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(hashOriginal(text)).toMatch(/^[a-f0-9]{24}$/);
        expect(hashOriginal(text)).toBe(hashOriginal(text));
      }),
    );
  });
});

describe('markers', () => {
  it('read as clients know them', () => {
    expect(itemsMarker(100, 15, H)).toBe(`[100 items compressed to 15. Retrieve more: hash=${H}]`);
    expect(linesMarker(200, 20, H)).toBe(`[200 lines compressed to 20. Retrieve more: hash=${H}]`);
    expect(matchesMarker(30, 5, H)).toBe(`[30 matches compressed to 5. Retrieve more: hash=${H}]`);
    expect(diffMarker(90, 40, H)).toBe(`[90 lines compressed to 40. Retrieve full diff: hash=${H}]`);
    expect(droppedMessagesMarker(3, H)).toBe(
      `[Earlier context compressed: 3 message(s) dropped by importance scoring. Full content available via ccr_retrieve tool with reference '${H}'.]`,
    );
  });

  it('are found by their hashes, each once, in order', () => {
    const other = hashOriginal('other');
    const text = `${diffMarker(9, 4, H)}\n${droppedMessagesMarker(3, other)} x ${itemsMarker(9, 4, H)}`;
    expect(markerHashes(text)).toEqual([H, other]);
  });

  it('are not seen where there is none', () => {
    expect(markerHashes(`commit=${H} hash=short hash=${H}ff`)).toEqual([]);
  });

  it('give their hash to a model that copies too much', () => {
    expect(hashIn(itemsMarker(9, 4, H))).toBe(H);
    expect(hashIn(H.toUpperCase())).toBe(H);
    expect(hashIn('nothing')).toBeNull();
  });
});
