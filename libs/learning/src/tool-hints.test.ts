import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anOutput, aRetrieval, aSearch } from '../../../test/support/observations.js';
import {
  CONFIDENCE_THRESHOLD,
  addPatterns,
  confidenceOf,
  contentOf,
  hintsFor,
  learnFrom,
  meaningOf,
  type Observation,
  type ToolPattern,
} from './index.js';

const learned = (observations: readonly Observation[], from?: ToolPattern): ToolPattern =>
  observations.reduce<ToolPattern | undefined>(learnFrom, from) ?? learnFrom(undefined, anOutput());

/** Outputs of which every n-th is followed by an observation. */
const usage = (outputs: number, every: number, then: () => Observation): Observation[] =>
  Array.from({ length: outputs }, (_, i) => i).flatMap((i) =>
    i % every === every - 1 ? [anOutput(), then()] : [anOutput()],
  );
const whole = () => aRetrieval();

describe('the hints for a tool', () => {
  it('are the defaults for a tool never seen', () => {
    expect(hintsFor(null)).toMatchObject({
      maxItems: 15,
      minItems: 3,
      suggestedItems: null,
      skipCompression: false,
      preserveFields: [],
      confidence: 0,
    });
  });

  it('ignore what was seen only a few times', () => {
    const hints = hintsFor(learned(usage(4, 1, whole)));
    expect(hints.confidence).toBeLessThan(CONFIDENCE_THRESHOLD);
    expect(hints).toMatchObject({ suggestedItems: null, skipCompression: false, maxItems: 15 });
  });

  it('leave a tool whole whose outputs are nearly always wanted whole', () => {
    expect(hintsFor(learned(usage(10, 1, whole)))).toMatchObject({
      skipCompression: true,
      aggressiveness: 0,
    });
  });

  it('keep more of what is searched often, and the usual of what is not', () => {
    const bySearch = (every: number) => hintsFor(learned(usage(30, every, () => aSearch('name'))));
    expect(bySearch(1)).toMatchObject({ skipCompression: false, maxItems: 50, preserveFields: ['name'] });
    expect(bySearch(3)).toMatchObject({ skipCompression: false, maxItems: 30 });
    expect(bySearch(15)).toMatchObject({ maxItems: 15, suggestedItems: 15 });
  });

  it('keep fewer of what is never asked for, but only where other things are', () => {
    const pattern = learned(usage(60, 100, whole));
    expect(hintsFor(pattern, 0)).toMatchObject({ maxItems: 15, aggressiveness: 0.7 });
    expect(hintsFor(pattern, 20)).toMatchObject({ maxItems: 10, aggressiveness: 0.85 });
  });

  it('change nothing that is applied while nothing was ever retrieved', () => {
    const pattern = learned(
      Array.from({ length: 60 }, () =>
        anOutput({ fields: [{ name: 'error', types: ['string'], filled: 0.1, distinct: 1 }] }),
      ),
    );
    const { byTool, bySignature } = contentOf([pattern]);
    for (const output of [...Object.values(byTool), ...Object.values(bySignature)]) {
      expect(output.hints).toEqual({});
      expect(output.errorFields).toEqual(['error']);
    }
  });

  it('never grow more aggressive with more retrievals', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), (few, more) => {
        const searched = (times: number) =>
          hintsFor(
            learned([
              ...Array.from({ length: 50 }, () => anOutput()),
              // Not the latest: a sudden change lowers the confidence instead.
              ...Array.from({ length: times }, () => aSearch()),
              ...Array.from({ length: 8 }, () => anOutput()),
            ]),
          );
        const [less, greater] = [searched(few), searched(few + more)];
        if (Math.min(less.confidence, greater.confidence) < CONFIDENCE_THRESHOLD) return;
        expect(greater.aggressiveness).toBeLessThanOrEqual(less.aggressiveness);
        expect(greater.maxItems).toBeGreaterThanOrEqual(less.maxItems);
      }),
    );
  });
});

describe('confidence', () => {
  it('grows with every output while they are used alike, from 0 towards 1', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 120 }), fc.boolean(), (outputs, isWanted) => {
        const after = (count: number) =>
          count === 0 ? 0 : confidenceOf(learned(usage(count, isWanted ? 1 : 1_000, whole)));
        expect(after(outputs + 1)).toBeGreaterThan(after(outputs));
        expect(after(outputs)).toBeLessThan(1);
      }),
    );
  });

  it('falls below the threshold when outputs are suddenly used unlike before, and comes back', () => {
    const unwanted = learned(usage(50, 1_000, whole));
    expect(confidenceOf(unwanted)).toBeGreaterThan(0.75);
    const changed = learned(usage(8, 1, whole), unwanted);
    expect(confidenceOf(changed)).toBeLessThan(CONFIDENCE_THRESHOLD);
    const settled = learned(usage(80, 1, whole), changed);
    expect(confidenceOf(settled)).toBeGreaterThan(0.6);
    expect(hintsFor(settled).skipCompression).toBe(true);
  });

  it('in hints that work is not shaken by their success, but grows old until they are tried again', () => {
    const wanted = learned(usage(50, 1, whole));
    const hinted = (count: number) =>
      learned(
        Array.from({ length: count }, () => anOutput({ outcome: 'by_hints' })),
        wanted,
      );
    for (const count of [1, 5, 10, 50]) expect(hintsFor(hinted(count)).skipCompression).toBe(true);
    expect(hintsFor(hinted(150)).skipCompression).toBe(false);
  });

  it('in hints that are tried again now and then follows what becomes of those outputs', () => {
    const live = (
      isWanted: boolean,
      from: ToolPattern,
    ): { readonly pattern: ToolPattern; readonly tried: number } => {
      let [pattern, tried] = [from, 0];
      for (let i = 0; i < 1_500; i++) {
        const { confidence, skipCompression } = hintsFor(pattern);
        const isHinted = confidence >= CONFIDENCE_THRESHOLD && skipCompression;
        pattern = learned([anOutput({ outcome: isHinted ? 'by_hints' : 'shortened' })], pattern);
        if (!isHinted) tried++;
        if (!isHinted && isWanted) pattern = learned([aRetrieval()], pattern);
      }
      return { pattern, tried };
    };
    const wanted = live(true, learned(usage(50, 1, whole)));
    expect(wanted.tried).toBeGreaterThan(10);
    expect(wanted.tried).toBeLessThan(300);
    const unwanted = live(false, wanted.pattern);
    expect(unwanted.tried).toBeGreaterThan(1_000);
    expect(hintsFor(unwanted.pattern).skipCompression).toBe(false);
  });

  it('is neither raised nor lowered by outputs that lost nothing anyway', () => {
    const pattern = learned(usage(10, 2, whole));
    const more = learned([anOutput({ outcome: 'lossless' })], pattern);
    expect(confidenceOf(more)).toBe(confidenceOf(pattern));
  });
});

describe('the meaning of a field', () => {
  const fields = [
    { name: 'flagged', types: ['string' as const], filled: 0.05, distinct: 1 },
    { name: 'id', types: ['number' as const], filled: 1, distinct: 1 },
    { name: 'state', types: ['string' as const], filled: 1, distinct: 0.05 },
    { name: 'score', types: ['number' as const], filled: 1, distinct: 0.9 },
    { name: 'created_at', types: ['string' as const], filled: 1, distinct: 1 },
    { name: 'lastError', types: ['string' as const], filled: 0.1, distinct: 1 },
  ];
  const outputs = (count: number) => Array.from({ length: count }, () => anOutput({ fields }));
  const meanings = (pattern: ToolPattern) =>
    Object.fromEntries(
      Object.entries(pattern.fields).map(([name, field]) => [name, meaningOf(name, field, pattern).meaning]),
    );

  it('is told by its name, its types and how its values differ', () => {
    expect(meanings(learned(outputs(3)))).toEqual({
      flagged: 'content',
      id: 'identifier',
      state: 'status',
      score: 'score',
      created_at: 'temporal',
      lastError: 'error_indicator',
    });
  });

  it('is an error where few rows have it and those are what is asked back', () => {
    const sought = Array.from({ length: 4 }, () => aRetrieval({ exceptional: ['flagged'] }));
    expect(meanings(learned([...outputs(8), ...sought]))['flagged']).toBe('error_indicator');
    expect(hintsFor(learned([...outputs(20), ...sought, ...outputs(8)])).preserveFields).toContain('flagged');
  });
});

describe('patterns', () => {
  it('stay bounded, whatever is observed', () => {
    const observations = Array.from({ length: 300 }, (_, i) => [
      anOutput({ fields: [{ name: `f${String(i)}`, types: ['string'], filled: 1, distinct: 1 }] }),
      aSearch(`g${String(i)}`),
    ]).flat();
    const pattern = learned(observations);
    expect(Object.keys(pattern.fields).length).toBeLessThanOrEqual(48);
    expect(Object.keys(pattern.queries).length).toBeLessThanOrEqual(16);
    expect(Object.keys(pattern.queries)).toContain('g299');
  });

  it('add up to the same in either order', () => {
    const [a, b] = [learned(usage(7, 2, () => aSearch('name'))), learned(usage(5, 1, whole))];
    expect(addPatterns(a, b)).toEqual(addPatterns(b, a));
  });
});
