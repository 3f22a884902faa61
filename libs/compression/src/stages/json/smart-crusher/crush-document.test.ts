import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJsonTree, writeJsonTree, type JsonNode } from '#libs/json-text';
import { DEFAULT_COMPRESSION_CONFIG, type SmartCrusherConfig } from '../../../compression-config.js';
import { crushDocument } from './crush-document.js';

const CONFIG = DEFAULT_COMPRESSION_CONFIG.smartCrusher;

function treeOf(value: unknown): JsonNode {
  const tree = parseJsonTree(JSON.stringify(value));
  if (tree === undefined) throw new Error('not JSON');
  return tree;
}

function crush(value: unknown, query = '', config: Partial<SmartCrusherConfig> = {}): unknown {
  const crushed = crushDocument(treeOf(value), { ...CONFIG, ...config }, query);
  return crushed === undefined ? undefined : JSON.parse(writeJsonTree(crushed.document));
}

function ids(rows: unknown): number[] {
  return (rows as { id: number }[]).map(({ id }) => id);
}

const rows = (count: number, special: Record<number, object> = {}): object[] =>
  Array.from({ length: count }, (_, id) => ({
    id,
    status: 'ok',
    name: `item ${String(id)}`,
    ...special[id],
  }));

describe('SmartCrusher', () => {
  it('keeps the first, the last and no more than the maximum of plain items', () => {
    const kept = ids(crush(rows(500)));
    expect(kept).toEqual(expect.arrayContaining([0, 1, 2, 498, 499]));
    expect(kept.length).toBeLessThanOrEqual(15);
    expect(kept).toEqual([...kept].sort((a, b) => a - b));
  });

  it('never drops an error, beyond the maximum too', () => {
    const special = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [50 + i * 5, { status: 'failed' }]),
    );
    expect(ids(crush(rows(500, special)))).toEqual(expect.arrayContaining(Object.keys(special).map(Number)));
  });

  it('keeps every item that reports an error, whatever surrounds it', () => {
    const error = fc.constantFrom(
      { error: 'boom' },
      { status: 503 },
      { level: 'ERROR' },
      { exit_code: 1 },
      { success: false },
      { note: 'a fatal thing' },
    );
    fc.assert(
      fc.property(fc.integer({ min: 16, max: 200 }), fc.nat(199), error, (count, place, sign) => {
        const at = place % count;
        const kept = crush(rows(count, { [at]: sign }));
        expect(kept === undefined || ids(kept).includes(at)).toBe(true);
      }),
    );
  });

  it('keeps numeric anomalies and change points', () => {
    const values = Array.from({ length: 200 }, (_, id) => ({
      id,
      load: id < 120 ? 10 : 90,
      size: id === 77 ? 9000 : id % 3,
    }));
    const kept = ids(crush(values));
    expect(kept).toContain(77);
    expect(kept.some((id) => Math.abs(id - 120) <= 1)).toBe(true);
  });

  it('keeps what the query names and what it is about', () => {
    const special = {
      333: { name: 'invoice INV-20417 of Quartz' },
      222: { name: 'zanzibar shipment delayed' },
    };
    const kept = ids(crush(rows(500, special), 'Where is inv-20417, and the zanzibar shipment?'));
    expect(kept).toEqual(expect.arrayContaining([222, 333]));
  });

  it.each([
    ['a status of its own', { status: 'disk full' }],
    ['a flag that is set once', { archived: true }],
    ['a field that no other row has', { note: 'see appendix B' }],
    ['a nested value of its own', { meta: { region: 'mars' } }],
  ])('keeps the one row with %s, wherever it stands', (_what, sign) => {
    const usual = { status: 'ok', archived: false, meta: { region: 'earth' } };
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 300 }), fc.nat(299), (count, place) => {
        const at = place % count;
        const kept = crush(rows(count).map((row, id) => ({ ...row, ...usual, ...(id === at && sign) })));
        expect(ids(kept)).toContain(at);
      }),
      { numRuns: 30 },
    );
  });

  it('shows each of several rare values and does not keep dozens of rows for them', () => {
    const odd = { 100: 'paused', 200: 'paused', 300: 'waiting', 400: 'paused' };
    const special = Object.fromEntries(Object.entries(odd).map(([id, status]) => [id, { status }]));
    expect(ids(crush(rows(500, special)))).toEqual(expect.arrayContaining([100, 300]));

    const shades = rows(1000).map((row, id) => ({
      ...row,
      shade: id % 50 === 0 ? `shade ${id / 50}` : 'plain',
    }));
    expect(ids(crush(shades)).length).toBeLessThanOrEqual(15 + 8);
  });

  it('takes values that tell rows apart, or two kinds of rows, for no exception', () => {
    const plain = ids(crush(rows(400)));
    const mixed = rows(400).map((row, id) => ({ ...row, kind: id % 3 === 0 ? 'file' : 'folder' }));
    expect(ids(crush(mixed)).length).toBeLessThanOrEqual(Math.max(15, plain.length));
  });

  it('keeps the fields it was told to keep', () => {
    const kept = ids(crush(rows(500, { 250: { flagged: true } }), '', { preserveFields: ['flagged'] }));
    expect(kept).toContain(250);
  });

  it('tells a repeated string once and keeps the unusual ones', () => {
    const words = Array.from({ length: 300 }, (_, i) =>
      i === 150 ? 'x'.repeat(400) : i === 160 ? 'disk failed' : 'same',
    );
    const kept = crush(words) as string[];
    expect(kept).toContain('x'.repeat(400));
    expect(kept).toContain('disk failed');
    expect(kept.filter((word) => word === 'same').length).toBeLessThan(8);
  });

  it('judges each kind of a mixed array among its own', () => {
    const mixed = [
      ...rows(100),
      ...Array.from({ length: 100 }, (_, i) => `text ${String(i)}`),
      null,
      true,
      [1],
    ];
    const kept = crush(mixed) as unknown[];
    expect(kept).toEqual(expect.arrayContaining([null, true, [1]]));
    expect(kept.some((item) => typeof item === 'string')).toBe(true);
    expect(kept.length).toBeLessThan(40);
  });

  it('judges rows that are written as lists like rows', () => {
    const lists = Array.from({ length: 300 }, (_, i) => [
      i,
      i === 111 ? 'failed' : 'done',
      i === 222 ? 9000 : 5,
    ]);
    const kept = (crush(lists) as [number][]).map(([id]) => id);
    expect(kept).toEqual(expect.arrayContaining([0, 111, 222, 299]));
    expect(kept.length).toBeLessThanOrEqual(15);
  });

  it('shares the places of a mixed array among its kinds', () => {
    const mixed = Array.from({ length: 250 }, (_, i) =>
      i % 3 === 0 ? { id: i, name: `n${String(i)}` } : i % 3 === 1 ? `text ${String(i)}` : i,
    );
    const kept = crush(mixed) as unknown[];
    expect(kept.length).toBeLessThanOrEqual(20);
    expect(new Set(kept.map((item) => typeof item))).toEqual(new Set(['object', 'string', 'number']));
  });

  it('leaves short arrays, booleans and what lies too deep', () => {
    expect(crush(rows(15))).toBeUndefined();
    expect(crush(Array.from({ length: 100 }, (_, i) => i % 2 === 0))).toBeUndefined();
    expect(crush({ a: { b: { c: { d: { e: rows(100) } } } } })).toMatchObject({ a: { b: { c: { d: {} } } } });
    expect(crush({ a: { b: { c: { d: { e: { f: rows(100) } } } } } })).toBeUndefined();
  });

  it('sums numbers up and keeps those that are far from all others, and where their level changes', () => {
    const numbers = Array.from({ length: 400 }, (_, i) => (i < 200 ? 10 : 60) + (i % 7) / 10);
    const kept = crush(numbers.with(77, 900)) as (number | string)[];
    expect(kept).toContain(900);
    expect(kept.at(-1)).toMatch(/^400 numbers: min 10, max 900, mean /);
    expect(crush(numbers)).toEqual(expect.arrayContaining([numbers[200]]));
    expect(crush(numbers, '', { preserveChangePoints: false })).not.toContain(numbers[200]);
  });

  it('keeps the number of items that it is told to', () => {
    const words = fc
      .infiniteStream(fc.integer())
      .map((stream) =>
        Array.from({ length: 300 }, (_, id) => ({ id, word: `w${String(stream.next().value)}` })),
      );
    fc.assert(
      fc.property(words, fc.integer({ min: 10, max: 100 }), (items, maxItemsAfterCrush) => {
        expect(ids(crush(items, '', { maxItemsAfterCrush })).length).toBeLessThanOrEqual(maxItemsAfterCrush);
      }),
      { numRuns: 20 },
    );
    const kept = ids(crush(rows(500), '', { maxItemsAfterCrush: 50, keepFirst: 20, keepLast: 10 }));
    expect(kept).toEqual(expect.arrayContaining([...Array(20).keys(), 490, 499]));
    expect(kept.length).toBeLessThanOrEqual(50);
  });

  it('takes its shares of the places from the start and from the end', () => {
    const shares = { maxItemsAfterCrush: 50, firstFraction: 0.5, lastFraction: 0.25 };
    const kept = ids(crush(rows(500), '', shares));
    expect(kept).toEqual(expect.arrayContaining([...Array(19).keys(), 491, 499]));
  });

  it('keeps more of the values that stand out when the threshold is lower', () => {
    const values = rows(300).map((row, id) => ({ ...row, load: id % 60 === 0 ? 30 + id / 60 : id % 10 }));
    const keptAt = (anomalyStdThreshold: number): number[] => ids(crush(values, '', { anomalyStdThreshold }));
    expect(keptAt(2)).toEqual(expect.arrayContaining([60, 120, 180, 240]));
    expect(keptAt(9)).not.toEqual(expect.arrayContaining([60, 120, 180, 240]));
  });

  it('does not take the long tail of a distribution for exceptions', () => {
    const noise = fc.integer({ min: 1, max: 1000 }).map((seed) => {
      const random = sequence(seed);
      const normal = (): number => Array.from({ length: 12 }, random).reduce((sum, part) => sum + part, -6);
      return rows(1000).map((row) => ({ ...row, load: normal(), delay: -Math.log(1 - random()) }));
    });
    fc.assert(
      fc.property(noise, (items) => {
        expect(ids(crush(items)).length).toBeLessThanOrEqual(30);
      }),
      { numRuns: 15 },
    );
  });

  it('tells items that are the same once, unless it is told not to', () => {
    const twins = Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 'left' : 'right'));
    expect(crush(twins)).toEqual(['left', 'right']);
    expect(crush(twins, '', { dedupIdenticalItems: false })).not.toEqual(['left', 'right']);
  });

  it('gives the same for the same, and only items of the array in their order', () => {
    const item = fc.oneof(
      fc.integer(),
      fc.double(),
      fc.string(),
      fc.boolean(),
      fc.constant(null),
      fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 4 }),
      fc.array(fc.jsonValue(), { maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(item, { minLength: 16, maxLength: 60 }), fc.string(), (items, query) => {
        const tree = treeOf(items);
        const crushed = crushDocument(tree, CONFIG, query);
        expect(crushDocument(tree, CONFIG, query)).toEqual(crushed);
        if (crushed === undefined || tree.kind !== 'array' || crushed.document.kind !== 'array') return;
        const all = tree.items.map(writeJsonTree);
        let from = 0;
        for (const text of crushed.document.items.slice(0, crushed.itemsAfter).map(writeJsonTree)) {
          from = all.indexOf(text, from) + 1;
          expect(from).toBeGreaterThan(0);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('says in a few words what it left out, where there are few kinds of it', () => {
    const told = (items: object[]): string | undefined =>
      crushDocument(treeOf({ items }), CONFIG, '')?.leftOut;
    const long = 'a text that makes the rows long enough to tell more about them';
    const open = rows(500).map((row, id) => ({ ...row, long, state: id % 5 === 0 ? 'open' : 'closed' }));
    const [, left = '0', closed = '0', opened = '0'] =
      /^(\d+) left out: state closed (\d+), open (\d+)$/.exec(told(open) ?? '') ?? [];
    expect(Number(left)).toBeGreaterThan(480);
    expect(Number(closed) + Number(opened)).toBe(Number(left));
    expect(told(rows(500))).toBeUndefined();
    expect(
      told(rows(500).map((row, id) => ({ ...row, long, state: `state ${String(id)}` }))),
    ).toBeUndefined();
  });

  it('stops when time is up', () => {
    const isLate = (): boolean => true;
    expect(crushDocument(treeOf(rows(100)), CONFIG, '', undefined, isLate)).toBeUndefined();
  });
});

/** Numbers in [0, 1) that look random (Park and Miller 1988). */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
