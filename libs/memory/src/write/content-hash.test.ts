import { describe, expect, it } from 'vitest';
import { contentHash } from './content-hash.js';

describe('content hash', () => {
  it('ignores white space and Unicode composition', () => {
    expect(contentHash('  Caf\u00e9 \n au\tlait ')).toBe(contentHash('Cafe\u0301 au lait'));
  });

  it('keeps case and wording apart', () => {
    expect(contentHash('Likes Go')).not.toBe(contentHash('likes go'));
  });
});
