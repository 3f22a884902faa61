import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InMemoryPatternStore } from '../../../test/support/pattern-stores.js';
import { aCaller } from '../../../test/support/callers.js';
import {
  CONFIDENCE_THRESHOLD,
  ToolLearning,
  hintsFor,
  importanceOf,
  ratesOf,
  type ToolPattern,
} from './index.js';

const caller = aCaller();

async function aLearner(compressions: number, full: number, searches: number) {
  const learning = new ToolLearning(new InMemoryPatternStore());
  const times = async (count: number, observe: () => Promise<void>) => {
    for (let i = 0; i < count; i++) await observe();
  };
  const toolName = 'search';
  await times(compressions, () =>
    learning.recordCompression(caller, { toolName, tokensBefore: 100, tokensAfter: 20 }),
  );
  await times(full, () => learning.recordRetrieval(caller, { toolName, retrievalType: 'full' }));
  await times(searches, () => learning.recordRetrieval(caller, { toolName, retrievalType: 'search' }));
  return learning;
}

const hintsAfter = async (compressions: number, full: number, searches: number) =>
  (await aLearner(compressions, full, searches)).hints(caller, 'search');

describe('the hints for a tool', () => {
  it('are the defaults for a tool never seen', async () => {
    expect(await hintsAfter(0, 0, 0)).toMatchObject({
      maxItems: 15,
      minItems: 3,
      suggestedItems: null,
      skipCompression: false,
      preserveFields: [],
      confidence: 0,
    });
  });

  it('ignore what was seen only a few times', async () => {
    const hints = await hintsAfter(4, 4, 0);
    expect(hints.confidence).toBeLessThan(CONFIDENCE_THRESHOLD);
    expect(hints).toMatchObject({ suggestedItems: null, skipCompression: false });
  });

  it('leave a tool whole whose outputs are nearly always wanted whole', async () => {
    expect(await hintsAfter(10, 9, 0)).toMatchObject({ skipCompression: true, aggressiveness: 0 });
  });

  it('keep more of what is searched often, and the usual of what is not', async () => {
    expect(await hintsAfter(10, 1, 7)).toMatchObject({ skipCompression: false, maxItems: 50 });
    expect(await hintsAfter(10, 1, 2)).toMatchObject({ skipCompression: false, maxItems: 30 });
    expect(await hintsAfter(10, 0, 1)).toMatchObject({ maxItems: 15, suggestedItems: 15 });
  });

  it('never grow more aggressive with more retrievals', () => {
    const pattern = (retrievals: number, fullRetrievals: number): ToolPattern => ({
      toolName: 't',
      compressions: 50,
      retrievals,
      fullRetrievals,
      tokensBefore: 0,
      tokensAfter: 0,
    });
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), (few, more) => {
        const [less, greater] = [hintsFor(pattern(few, 0)), hintsFor(pattern(few + more, 0))];
        expect(greater.aggressiveness).toBeLessThanOrEqual(less.aggressiveness);
        expect(greater.maxItems).toBeGreaterThanOrEqual(less.maxItems);
      }),
    );
  });
});

describe('what was learned', () => {
  it('adds up per tool and over all', async () => {
    const learning = await aLearner(10, 1, 3);
    await learning.recordCompression(caller, { toolName: undefined, tokensBefore: 5, tokensAfter: 1 });
    await learning.recordRetrieval(caller, { toolName: '', retrievalType: 'full' });
    const pattern = await learning.find(caller, 'search');
    expect(ratesOf(pattern!)).toEqual({
      totalCompressions: 10,
      totalRetrievals: 4,
      retrievalRate: 0.4,
      fullRetrievalRate: 0.25,
      searchRate: 0.75,
    });
    expect(await learning.totals(caller)).toEqual({
      toolsTracked: 1,
      totalCompressions: 10,
      totalRetrievals: 4,
      retrievalRate: 0.4,
      tokensBefore: 1_000,
      tokensAfter: 200,
    });
    expect(await learning.list(caller, 5)).toHaveLength(1);
  });

  it('stays within its tenant', async () => {
    const learning = await aLearner(10, 9, 0);
    expect(await learning.find(aCaller({ tenantId: 'tenant-b' }), 'search')).toBeNull();
  });
});

describe('the importance of an output', () => {
  it('is nothing for a tool never seen, and grows with what is asked back', async () => {
    const learning = await aLearner(10, 1, 3);
    const snapshot = await learning.snapshot(caller);
    expect(importanceOf(snapshot, { toolName: 'other' })).toEqual({
      importance: 0,
      confidence: 0,
      errorFields: [],
    });
    expect(importanceOf(snapshot, { toolName: 'search' })).toMatchObject({
      importance: 0.4,
      confidence: 0.5,
    });
  });

  it('is that of the structure, unless more is known of the tool', () => {
    const of = (importance: number, confidence: number) => ({ importance, confidence, errorFields: [] });
    const snapshot = {
      number: 1,
      bySignature: { known: of(1, 0.8), new: of(1, 0.1) },
      byTool: { search: of(0, 0.5) },
    };
    const importance = (signature: string) =>
      importanceOf(snapshot, { signature, toolName: 'search' }).importance;
    expect(importance('known')).toBe(1);
    expect(importance('new')).toBe(0);
    expect(importance('toString')).toBe(0);
  });
});
