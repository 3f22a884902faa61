import { beforeAll, describe, expect, it, vi } from 'vitest';
import { loadTokenCounter, type TokenCounter } from '#libs/tokens';
import { DEFAULT_COMPRESSION_CONFIG } from '../compression-config.js';
import { type Draft, firstSmaller, losslessDraft, smallerDraft, withTokens } from './drafts.js';
import type { StageContext, StageInput } from './stage.js';

const TEXT = 'one line of the text that is to become smaller\n'.repeat(100);

let counter: TokenCounter;
let input: StageInput;
let context: StageContext;
beforeAll(async () => {
  counter = await loadTokenCounter('gpt-4o');
  input = {
    text: TEXT,
    tokens: counter.countText(TEXT),
    content: { kind: 'text', confidence: 1, reason: '' },
  };
  context = {
    counter,
    config: DEFAULT_COMPRESSION_CONFIG,
    tools: {},
    query: '',
    originalHash: '',
    isLate: () => false,
    route: () => Promise.resolve('not_smaller'),
  };
});

const share = (part: number): string => TEXT.slice(0, TEXT.length * part);
const lossyDraft = (text: string): Draft => ({ ...losslessDraft(text, 'cut', 100), isLossy: true });

function chosen(lossy: string | undefined, lossless: string | undefined, isLate = false): unknown {
  const drafts = {
    lossy: lossy === undefined ? undefined : lossyDraft(lossy),
    lossless: () => (lossless === undefined ? undefined : losslessDraft(lossless, 'told', 100)),
    surelySmaller: 0.1,
  };
  const result = smallerDraft(drafts, input, { ...context, isLate: () => isLate });
  return typeof result === 'string' ? result : result.name;
}

describe('the smaller of two drafts', () => {
  it('is the lossless one, unless the lossy one is clearly smaller', () => {
    expect(chosen(share(0.5), share(0.55))).toBe('told');
    expect(chosen(share(0.4), share(0.55))).toBe('cut');
    expect(chosen(undefined, share(0.55))).toBe('told');
  });

  it('is the lossy one only where it is clearly smaller than the text too', () => {
    expect(chosen(share(0.9), undefined)).toBe('not_smaller');
    expect(chosen(share(0.9), TEXT.repeat(2))).toBe('not_smaller');
    expect(chosen(share(0.8), TEXT.repeat(2))).toBe('cut');
  });

  it('is found without the lossless form where no such form could be as small', () => {
    const lossless = vi.fn(() => undefined);
    const drafts = { lossy: lossyDraft(share(0.05)), lossless, surelySmaller: 0.1 };
    expect(smallerDraft(drafts, input, context)).toMatchObject({ name: 'cut', isLossy: true });
    expect(lossless).not.toHaveBeenCalled();
  });

  it('says whether it is for want of time that there is none', () => {
    expect(chosen(undefined, undefined)).toBe('not_smaller');
    expect(chosen(undefined, undefined, true)).toBe('deadline');
  });
});

describe('a draft', () => {
  it('is an output when it has fewer tokens than the text, and none when it has as many', () => {
    const half = losslessDraft(share(0.5), 'told', 7);
    const tokens = counter.countText(half.text);
    expect(withTokens(half, input, context)).toEqual({
      text: half.text,
      tokens,
      name: 'told',
      isLossy: false,
      itemsBefore: 7,
      itemsAfter: 7,
    });
    expect(withTokens(losslessDraft(TEXT, 'told', 7), input, context)).toBe('not_smaller');
  });

  it('is passed over when it has more tokens in fewer characters', () => {
    const dense = '\u{1f9ff}'.repeat(TEXT.length / 3);
    expect(dense.length).toBeLessThan(TEXT.length);
    const drafts = [losslessDraft(dense, 'dense', 1), losslessDraft(share(0.5), 'half', 1)];
    expect(firstSmaller(drafts, input, context)).toMatchObject({ name: 'half' });
    expect(firstSmaller(drafts.slice(0, 1), input, context)).toBe('not_smaller');
  });
});
