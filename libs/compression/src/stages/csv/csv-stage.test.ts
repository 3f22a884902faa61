import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completeConfig, type CompressionMode } from '../../compression-config.js';
import { decodeLossless, isLosslessForm } from '../../decode-lossless.js';
import type { StageContext, StageResult } from '../stage.js';
import { csvStage } from './csv-stage.js';
import { joinRows, readDelimitedRows } from './delimited-rows.js';
import { csvForm, encodeCsv, recordsOf } from './lossless-csv.js';

const HASH = 'b'.repeat(24);
const count = (text: string): number => Math.ceil(text.length / 4);

function encode(text: string): string | undefined {
  const table = readDelimitedRows(text);
  const records = table && recordsOf(table);
  return table && records && encodeCsv(text, table, records, count);
}

async function compress(text: string, mode: CompressionMode, query = ''): Promise<StageResult> {
  const context = {
    counter: { countText: count },
    config: completeConfig({ mode }),
    tools: {},
    query,
    originalHash: HASH,
    isLate: () => false,
    route: () => Promise.resolve('not_compressible'),
  } as unknown as StageContext;
  const content = { kind: 'csv', confidence: 1, reason: 'test' } as const;
  return csvStage({ text, tokens: count(text), content }, context);
}

const orders = (rows: number, special: Record<number, string> = {}, end = '\n'): string =>
  [
    'id,status,customer,total,url',
    ...Array.from({ length: rows }, (_, id) => {
      const customer = id % 7 === 0 ? `"Smith, ""${id}"""` : `Customer ${id}`;
      return `${id},${special[id] ?? 'shipped'},${customer},${100 + (id % 9)}.50,https://shop.example/orders/${id}`;
    }),
    '',
  ].join(end);

describe('CSV without loss', () => {
  it('tells what all rows share once', () => {
    const [header = '', table = ''] = (encode(orders(60)) ?? '').split('\n');
    expect(header).toBe('[CSV as a table of records; "," LF, quotes: minimal]');
    expect(JSON.parse(table)).toMatchObject({
      _cols: ['id', { status: 'shipped' }, 'customer', 'total', { url: 'https://shop.example/orders/<id>' }],
    });
  });

  it.each([
    ['quotes where needed', orders(30)],
    ['Windows line ends', orders(30, {}, '\r\n')],
    ['quotes everywhere', 'a,b\n1,2\n3,4\n5,6'.replaceAll(/\w/g, '"$&"')],
    ['quotes around texts', '"a","b"\n1,"x"\n2,"y"\n3,"z"\n'],
    ['tabs', 'a\tb\n2\ty\n1\t"x\n3\tz'],
    ['rows that differ', `${orders(30)}# total,30\n\n7,8\n`],
    ['fields with line ends', 'a;b\n1;"x\ny"\n2;z\n3;w\n4;"v;v"\n'],
    ['numbers of all kinds', 'a|b\n1.0|007\n-0|1e5\n12345678901234567890|.5\n'],
  ])('gives back %s', (_what, text) => {
    const encoded = encode(text);
    expect(encoded).toBeDefined();
    expect(isLosslessForm(encoded ?? '')).toBe(true);
    expect(decodeLossless(encoded ?? '')).toBe(text);
  });

  it('gives back every byte of any text', () => {
    const field = fc.oneof(
      fc.constantFrom(
        '',
        '1',
        '1.0',
        '"x"',
        '"a,b"',
        '"',
        '""',
        '"a""b"',
        'x"y',
        ' z ',
        '"\n"',
        '\ud800',
        '__proto__',
      ),
      fc.string({ maxLength: 4 }),
    );
    const text = fc
      .tuple(
        fc.constantFrom(',', '\t', ';', '|'),
        fc.constantFrom('\n', '\r\n', '\r', '\n\r\n'),
        fc.array(fc.array(field, { minLength: 2, maxLength: 3 }), { minLength: 2, maxLength: 8 }),
      )
      .map(([delimiter, end, rows]) =>
        [['n', 'm', 'o'].slice(0, rows[0]?.length), ...rows].map((row) => row.join(delimiter)).join(end),
      );
    fc.assert(
      fc.property(text, (original) => {
        const table = readDelimitedRows(original);
        if (table !== undefined) expect(joinRows(table, table.rows)).toBe(original);
        const encoded = encode(original);
        if (encoded !== undefined) expect(csvForm.decode(encoded)).toBe(original);
      }),
      { numRuns: 2000 },
    );
  });

  it('reads quotes that never close in linear time', () => {
    const text = `a,b\n${'"x,y\n'.repeat(50_000)}`;
    const table = readDelimitedRows(text);
    expect(table && joinRows(table, table.rows)).toBe(text);
  });
});

describe('the stage for CSV', () => {
  it('keeps the names, the ends and the exceptions as they were written', async () => {
    const result = await compress(orders(500, { 211: 'failed', 340: 'ok' }), 'ccr');
    if (typeof result === 'string') throw new Error(result);
    const lines = result.text.split('\n');
    expect(lines[0]).toBe('id,status,customer,total,url');
    expect(result.text).toContain('\n0,shipped,"Smith, ""0""",100.50,');
    expect(result.text).toContain('\n211,failed,Customer 211,104.50,');
    expect(result.text).toContain('\n499,');
    expect(lines.at(-1)).toBe(`[500 items compressed to ${result.itemsAfter}. Retrieve more: hash=${HASH}]`);
    expect(lines.length).toBeLessThan(40);
  });

  it('drops nothing in lossless mode', async () => {
    const result = await compress(orders(500), 'lossless');
    if (typeof result === 'string') throw new Error(result);
    expect(result.isLossy).toBe(false);
    expect(decodeLossless(result.text)).toBe(orders(500));
  });

  it('leaves text that is no table', async () => {
    expect(await compress('one, two\nthree\nfour five', 'ccr')).toBe('not_compressible');
  });
});
