import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completeConfig, type CompressionMode } from '../../compression-config.js';
import { decodeLossless, isLosslessForm } from '../../decode-lossless.js';
import type { StageContext, StageOutput } from '../stage.js';
import { jsonlStage } from './jsonl-stage.js';
import { encodeJsonLines, jsonLinesForm } from './lossless-jsonl.js';
import { readRecordLines } from './record-lines.js';

const HASH = 'a'.repeat(24);
const count = (text: string): number => Math.ceil(text.length / 4);

function encode(text: string): string {
  return encodeJsonLines(text, readRecordLines(text), count) ?? '';
}

async function compress(
  text: string,
  mode: CompressionMode,
  route: (part: string) => unknown = () => 'not_compressible',
): Promise<StageOutput> {
  const context = {
    counter: { countText: count },
    config: completeConfig({ mode }),
    tools: {},
    query: '',
    originalHash: HASH,
    isLate: () => false,
    route: (part: string) => Promise.resolve(route(part)),
  } as unknown as StageContext;
  const content = { kind: 'jsonl', confidence: 1, reason: 'test' } as const;
  const result = await jsonlStage({ text, tokens: count(text), content }, context);
  if (typeof result === 'string') throw new Error(result);
  return result;
}

const logLine = (id: number, level = 'info'): string =>
  JSON.stringify({
    ts: `2024-05-01T10:00:${String(id % 60).padStart(2, '0')}Z`,
    level,
    msg: `request ${id} served`,
  });
const log = (lines: number, errors: readonly number[] = []): string =>
  `${Array.from({ length: lines }, (_, id) => logLine(id, errors.includes(id) ? 'error' : 'info')).join('\n')}\n`;

describe('JSON Lines without loss', () => {
  it('tell the records as a table below a line that names the form', () => {
    const [header, table = ''] = encode(log(100)).split('\n');
    expect(header).toBe('[JSON lines as a table of records; compact LF]');
    expect(JSON.parse(table)).toMatchObject({ _cols: ['ts', { level: 'info' }, 'msg'] });
    expect(encode(log(100)).length).toBeLessThan(log(100).length * 0.7);
  });

  it('give back every byte of any text', () => {
    const record = fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), fc.jsonValue(), { maxKeys: 3 });
    const spaced = record.map((value) => JSON.stringify(value).replaceAll(':', ': ').replaceAll(',', ', '));
    const line = fc.oneof(
      record.map((value) => JSON.stringify(value)),
      spaced,
      fc.constantFrom(
        '',
        ' ',
        '{',
        '"text"',
        '12',
        'null',
        '\ud800',
        '{"a": 1.0 }',
        '{"a":1}\r',
        '\u0000',
        '[1, 2]',
      ),
      fc.string({ maxLength: 8 }),
    );
    const text = fc
      .tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('\n', '\r\n', '\n\n', '\r'))
      .map(([lines, end]) => lines.join(end));
    fc.assert(
      fc.property(text, (original) => {
        expect(jsonLinesForm.decode(encode(original))).toBe(original);
      }),
      { numRuns: 1000 },
    );
  });

  it('are known again and decoded', () => {
    const encoded = encode(log(50).replaceAll(',', ', ').replaceAll('":', '": '));
    expect(encoded).toContain('spaced LF');
    expect(isLosslessForm(encoded)).toBe(true);
    expect(decodeLossless(encoded)).toBe(log(50).replaceAll(',', ', ').replaceAll('":', '": '));
  });

  it('leave a text that only begins like the form', () => {
    for (const text of [
      '[JSON lines as a table of records; compact LF]\n{',
      '[JSON lines as a table of records',
    ])
      expect(jsonLinesForm.decode(text)).toBe(text);
  });
});

describe('the stage for JSON Lines', () => {
  it('keeps errors and the ends, one record per line, and says where the rest is', async () => {
    const text = log(400, [173, 288]);
    const output = await compress(text, 'ccr');
    const lines = output.text.split('\n');
    expect(output.isLossy).toBe(true);
    expect(lines).toEqual(
      expect.arrayContaining([logLine(0), logLine(173, 'error'), logLine(288, 'error'), logLine(399)]),
    );
    expect(lines.at(-1)).toBe(`[400 items compressed to ${output.itemsAfter}. Retrieve more: hash=${HASH}]`);
    expect(output.itemsBefore).toBe(400);
  });

  it('keeps lines that are no records and report an error', async () => {
    const broken = `${log(200)}Traceback (most recent call last):\n${log(200)}`;
    expect((await compress(broken, 'ccr')).text).toContain('Traceback (most recent call last):');
  });

  it('shortens a long text inside a record', async () => {
    const route = (part: string): unknown => ({
      text: part.slice(0, 9),
      tokens: 3,
      itemsBefore: 500,
      itemsAfter: 1,
    });
    const output = await compress(
      `{"role": "tool", "text": "${'a line\\n'.repeat(500)}"}\n[1, 2]\n{"a": 3}\n`,
      'ccr',
      route,
    );
    expect(output.text).toBe(
      `{"role": "tool", "text": "a line\\na "}\n[1, 2]\n{"a": 3}\n[500 lines compressed to 1. Retrieve more: hash=${HASH}]`,
    );
  });

  it('drops nothing in lossless mode and marks nothing in lossy_inline', async () => {
    const lossless = await compress(log(400), 'lossless');
    expect(lossless.isLossy).toBe(false);
    expect(decodeLossless(lossless.text)).toBe(log(400));
    expect((await compress(log(400), 'lossy_inline')).text).not.toContain('hash=');
  });
});
