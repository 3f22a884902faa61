import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJsonTree, writeJsonTree, type JsonNode } from '#libs/json-text';
import { DEFAULT_COMPRESSION_CONFIG, type SmartCrusherConfig } from '../../../compression-config.js';
import { crushDocument } from './crush-document.js';
import { isErrorItem } from './error-signals.js';
import { anomalies, changePoints } from './number-signals.js';
import { adaptiveSize } from './adaptive-size.js';

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

  it('leaves short arrays, booleans and what lies too deep', () => {
    expect(crush(rows(15))).toBeUndefined();
    expect(crush(Array.from({ length: 100 }, (_, i) => i % 2 === 0))).toBeUndefined();
    expect(crush({ a: { b: { c: { d: { e: rows(100) } } } } })).toMatchObject({ a: { b: { c: { d: {} } } } });
    expect(crush({ a: { b: { c: { d: { e: { f: rows(100) } } } } } })).toBeUndefined();
  });
});

describe('the signs of an error', () => {
  const isError = (item: unknown): boolean => isErrorItem(treeOf(item), JSON.stringify(item));

  it.each([
    { error: 'x' },
    { errors: [{ code: 1 }] },
    { status: 404 },
    { state: 'FAILED' },
    { level: 'fatal' },
    { meta: { status_code: 500 } },
    { msg: 'TypeError: x' },
    { ok: false },
  ])('are seen in %j', (item) => {
    expect(isError(item)).toBe(true);
  });

  it.each([
    { error: null },
    { errors: [] },
    { status: 200 },
    { state: 'done' },
    { error_count: 0 },
    { ok: true },
    { exit_code: 0 },
  ])('are not seen in %j', (item) => {
    expect(isError(item)).toBe(false);
  });
});

describe('numbers that stand out', () => {
  it('are more than the threshold of standard deviations away', () => {
    expect(anomalies(Float64Array.from([1, 1, 1, 1, 1, 1, 1, 1, 1, 50]), 2)).toEqual([9]);
    expect(anomalies(Float64Array.from([5, 5, 5]), 2)).toEqual([]);
    expect(anomalies(Float64Array.from([1, 2, Number.NaN, Number.POSITIVE_INFINITY]), 2)).toEqual([]);
  });

  it('change where one level ends and another begins', () => {
    const steps = Float64Array.from({ length: 60 }, (_, i) => (i < 30 ? 1 : 9));
    expect(changePoints(steps, 1.5)).toEqual([30]);
  });
});

describe('the adaptive size', () => {
  it('is small where items repeat and large where all are different', () => {
    const same = Array.from({ length: 100 }, () => 'the same words again');
    const different = Array.from({ length: 100 }, (_, i) => `w${String(i)} x${String(i)} y${String(i)}`);
    expect(adaptiveSize(same, 5, 15)).toBe(5);
    expect(adaptiveSize(different, 5, 15)).toBe(15);
  });
});
