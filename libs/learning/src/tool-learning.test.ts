import { describe, expect, it } from 'vitest';
import { aCaller } from '../../../test/support/callers.js';
import { CountingIds } from '../../../test/support/counting-ids.js';
import { FakeClock } from '../../../test/support/fake-clock.js';
import { anOutput } from '../../../test/support/observations.js';
import { InMemoryPatternStore } from '../../../test/support/pattern-stores.js';
import { ToolLearning, importanceOf, ratesOf, type LearningOptions } from './index.js';

const caller = aCaller();

function aLearner(options?: LearningOptions) {
  const clock = new FakeClock();
  const store = new InMemoryPatternStore(clock);
  return { store, clock, learning: new ToolLearning(store, clock, new CountingIds(), options) };
}

const retrieved = (retrievalType: 'full' | 'search') => ({
  toolName: 'search',
  signature: anOutput().signature,
  retrievalType,
  query: retrievalType === 'full' ? undefined : 'lodash',
  found: retrievalType === 'full' ? [] : ['{"name": "lodash", "size": 3}'],
  whole: '[{"name": "lodash", "size": 3}, {"name": "async", "size": 4}]',
  itemCount: 1,
});

async function learned(
  { learning }: ReturnType<typeof aLearner>,
  outputs: number,
  full: number,
  searches: number,
) {
  const retrievals = [...Array<'full'>(full).fill('full'), ...Array<'search'>(searches).fill('search')];
  for (let i = 0; i < outputs; i++) {
    learning.recordOutputs(caller, [anOutput()]);
    const due = retrievals.length - Math.floor(((outputs - i - 1) * (full + searches)) / outputs);
    for (const type of retrievals.splice(0, due)) learning.recordRetrieval(caller, retrieved(type));
  }
  await learning.flush();
}

describe('what was learned', () => {
  it('adds up per tool and over all, with the fields that queries were about', async () => {
    const learner = aLearner();
    await learned(learner, 10, 1, 3);
    const pattern = await learner.learning.ofTool(caller, 'search');
    expect(ratesOf(pattern!)).toEqual({
      totalCompressions: 10,
      totalRetrievals: 4,
      retrievalRate: 0.4,
      fullRetrievalRate: 0.25,
      searchRate: 0.75,
    });
    expect(pattern!.queries).toEqual({ name: 3 });
    expect(await learner.learning.totals(caller)).toMatchObject({
      toolsTracked: 1,
      totalCompressions: 10,
      totalRetrievals: 4,
      retrievalRate: 0.4,
      tokensBefore: 1_000,
      tokensAfter: 200,
    });
  });

  it('holds no word of any query and no value', async () => {
    const learner = aLearner();
    await learned(learner, 10, 1, 9);
    const everything = JSON.stringify([
      await learner.store.list(caller, 100),
      await learner.learning.snapshot(caller),
      await learner.learning.export(caller),
    ]);
    expect(everything).not.toContain('lodash');
    expect(everything).not.toContain('async');
  });

  it('is the same whether an output is met once or with every turn of its conversation', async () => {
    const { learning } = aLearner();
    const output = anOutput();
    for (let turn = 0; turn < 5; turn++) learning.recordOutputs(caller, [output]);
    expect((await learning.totals(caller)).totalCompressions).toBe(1);
    learning.recordOutputs(aCaller({ tenantId: 'tenant-b' }), [output]);
    expect((await learning.totals(aCaller({ tenantId: 'tenant-b' }))).totalCompressions).toBe(1);
  });

  it('is kept while the store fails, and stored afterwards', async () => {
    const failures: unknown[] = [];
    const { store, learning } = aLearner({ onFailure: (error) => failures.push(error) });
    const learn = store.learn.bind(store);
    store.learn = () => Promise.reject(new Error('disk full'));
    learning.recordOutputs(caller, [anOutput()]);
    await learning.flush();
    expect(failures).toHaveLength(1);
    store.learn = learn;
    learning.recordOutputs(caller, [anOutput()]);
    await learning.flush();
    expect((await learning.totals(caller)).totalCompressions).toBe(2);
  });

  it('is nothing where learning is off', async () => {
    const learner = aLearner({ isEnabled: false });
    await learned(learner, 20, 10, 10);
    expect(await learner.learning.totals(caller)).toMatchObject({ isEnabled: false, totalCompressions: 0 });
    expect((await learner.learning.snapshot(caller)).number).toBe(0);
  });

  it('is taken over by whoever may act for all users of the tenant', async () => {
    const learner = aLearner();
    await learned(learner, 10, 9, 0);
    const exported = await learner.learning.export(caller);
    const { learning } = aLearner();
    const bound = aCaller({ users: ['ann'] });
    await expect(learning.import(bound, exported)).rejects.toMatchObject({ code: 'forbidden' });
    await learning.import(caller, exported);
    expect((await learning.snapshot(caller)).byTool['search']?.hints).toMatchObject({ keepWhole: true });
  });
});

describe('a snapshot', () => {
  it('has number 0 before anything was learned, and the next number only where something changed', async () => {
    const learner = aLearner();
    expect((await learner.learning.snapshot(caller)).number).toBe(0);
    await learned(learner, 1, 0, 0);
    expect((await learner.learning.snapshot(caller)).number).toBe(0);
    await learned(learner, 9, 9, 0);
    const first = await learner.learning.snapshot(caller);
    expect(first.number).toBe(1);
    await learner.learning.flush();
    expect(await learner.learning.snapshot(caller)).toEqual(first);
  });

  it('of another server on the same store is seen a few seconds later', async () => {
    const learner = aLearner();
    const other = new ToolLearning(learner.store, learner.clock, new CountingIds());
    expect((await other.snapshot(caller)).number).toBe(0);
    await learned(learner, 10, 9, 0);
    learner.clock.advanceSeconds(6);
    expect((await other.snapshot(caller)).number).toBe(1);
  });

  it('tells the importance of outputs, which grows with what is asked back', async () => {
    const learner = aLearner();
    await learned(learner, 12, 1, 4);
    const snapshot = await learner.learning.snapshot(caller);
    expect(importanceOf(snapshot, { toolName: 'other' })).toMatchObject({ importance: 0, confidence: 0 });
    const known = importanceOf(snapshot, { toolName: 'search' });
    expect(known.importance).toBeGreaterThan(0.3);
    expect(known.confidence).toBeGreaterThanOrEqual(0.3);
    expect(importanceOf(snapshot, { signature: anOutput().signature })).toEqual(known);
  });

  it('tells what is known of the structure where that is certain, else of the tool', () => {
    const of = (importance: number, confidence: number) => ({
      importance,
      confidence,
      errorFields: [],
      hints: {},
    });
    const snapshot = {
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
