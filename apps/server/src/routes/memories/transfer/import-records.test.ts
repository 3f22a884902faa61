import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ImportRecord } from '#libs/memory';
import { allOf } from '../../../../../../test/support/all-of.js';
import { importRecords, type ImportOptions } from './import-records.js';
import type { ReadItem } from './array-items.js';
import { ITEM_MAX_BYTES, readItems } from './read-items.js';

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const items = (bytes: Buffer | string, size = 7): Promise<ReadItem[]> =>
  allOf(readItems(inPieces(Buffer.from(bytes as string), size)));
const records = (text: string, options: ImportOptions = {}): Promise<ImportRecord[]> =>
  allOf(importRecords(inPieces(Buffer.from(text), 7), options));
const only = async (item: unknown, options: ImportOptions = {}) => {
  const [record] = await records(JSON.stringify(item), options);
  return record !== undefined && 'memory' in record ? record.memory : record;
};

const jsonItems = fc.array(
  fc.dictionary(
    fc.string().filter((key) => key !== '__proto__'),
    fc.jsonValue(),
    { maxKeys: 4 },
  ),
  { maxLength: 6 },
);
const size = fc.integer({ min: 1, max: 40 });

describe('reading a file that is imported', () => {
  it('reads NDJSON, an array and an envelope alike, however they arrive', async () => {
    await fc.assert(
      fc.asyncProperty(jsonItems, size, fc.constantFrom(undefined, 2), async (values, pieces, indent) => {
        const plain: unknown = JSON.parse(JSON.stringify(values));
        const told = (read: readonly ReadItem[]) => read.map((item) => ('value' in item ? item.value : item));
        const array = JSON.stringify(values, null, indent);
        expect(told(await items(values.map((value) => JSON.stringify(value)).join('\n'), pieces))).toEqual(
          plain,
        );
        expect(told(await items(array, pieces))).toEqual(plain);
        const page = `{"count": 3, "next": null, "results": ${array}, "relations": [{"a": 1}]}`;
        expect(told(await items(page, pieces))).toEqual(plain);
      }),
    );
  });

  it('ends for any bytes, in any pieces, with lines that count upwards', async () => {
    const noise = fc.array(
      fc.oneof(
        fc.constantFrom(
          ...['{', '}', '[', ']', '"', ',', ':', '\n', '\\', 'null', '1e9', '"results":[', '\u0000', ' '],
        ),
        fc.string({ unit: 'binary', maxLength: 3 }),
      ),
      { maxLength: 60 },
    );
    const anyBytes = fc.oneof(
      noise.map((parts) => Buffer.from(parts.join(''))),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    );
    await fc.assert(
      fc.asyncProperty(anyBytes, size, async (bytes, pieces) => {
        const read = await allOf(importRecords(inPieces(bytes, pieces), {}));
        const lines = read.map(({ line }) => line);
        expect(lines).toEqual([...new Set(lines)].sort((a, b) => a - b));
        const whole = await allOf(importRecords(inPieces(bytes, Math.max(bytes.length, 1)), {}));
        expect(read).toEqual(whole);
      }),
      { numRuns: 1_000 },
    );
  });

  it('names what is wrong with a line and goes on behind it', async () => {
    const text = ['{"a":1}', 'nonsense', '', '{"b":2}', '"x', `${'['.repeat(300)}${']'.repeat(300)}`].join(
      '\n',
    );
    expect(await items(text)).toEqual([
      { line: 1, value: { a: 1 } },
      { line: 2, fault: 'Invalid JSON in this line.' },
      { line: 4, value: { b: 2 } },
      { line: 5, fault: 'Invalid JSON in this line.' },
      { line: 6, fault: 'This line is nested deeper than 256 levels.' },
    ]);
    expect(await items(Buffer.from([0x22, 0xff, 0x22]))).toEqual([
      { line: 1, fault: 'This line is not valid UTF-8.' },
    ]);
  });

  it('keeps the items of an array that breaks off, and says where it does', async () => {
    expect(await items('[{"a":1},{"b":')).toEqual([
      { line: 1, value: { a: 1 } },
      { line: 2, fault: 'The array breaks off here.' },
    ]);
    expect(await items('[{"a":1},{"b" 2},{"c":3}]')).toEqual([
      { line: 1, value: { a: 1 } },
      { line: 2, fault: 'Invalid JSON in this array; what follows cannot be read.' },
    ]);
  });

  it('holds no item that is longer than any memory', async () => {
    const tooLong = { line: 2, fault: expect.stringContaining('longer') as string };
    const long = JSON.stringify('x'.repeat(2 * ITEM_MAX_BYTES));
    expect(await items(`1\n${long}\n2`, 1_000_000)).toEqual([
      { line: 1, value: 1 },
      tooLong,
      { line: 3, value: 2 },
    ]);
    expect(await items(`[1,${long},2]`, 1_000_000)).toEqual([{ line: 1, value: 1 }, tooLong]);
  });
});

describe('an item of an import', () => {
  const line = { id: 'mem_1', content: 'likes tea', user_id: 'anna', created_at: '2026-01-02T03:04:05.006Z' };

  it('is refused for unknown fields, wrong types and times that are none, each named', async () => {
    const faulty = await records(
      JSON.stringify({ ...line, colour: 'red', importance: '1', valid_from: 'yesterday', also_seen: [{}] }),
    );
    const said = JSON.stringify(faulty);
    for (const path of ['colour', 'importance', 'valid_from', 'also_seen[0].at'])
      expect(said).toContain(path);
    for (const value of [null, 1, 'text', []])
      expect(await records(JSON.stringify([value]))).toMatchObject([
        { line: 1, fault: expect.any(String) as string },
      ]);
  });

  it('belongs to the user it names, else to the one of the request, else to nobody', async () => {
    expect(await only(line, { userId: 'bert' })).toMatchObject({ scope: { userId: 'anna' } });
    const { user_id: _, ...nobody } = line;
    expect(await only(nobody, { userId: 'bert' })).toMatchObject({ scope: { userId: 'bert' } });
    expect(await only(nobody)).toMatchObject({ fault: expect.stringContaining('user_id') as string });
  });

  it('of mem0 keeps its times, its run as a session, and what has no place of its own', async () => {
    const item = {
      id: '892db2ae-06d9-49e5-8b3e-585ef9b85b8e',
      memory: 'Name is Alice',
      hash: 'b1fe',
      metadata: { topic: 'name' },
      categories: ['personal_details'],
      created_at: '2024-07-26T10:29:36.630547-07:00',
      updated_at: null,
      user_id: 'alice',
      agent_id: null,
      run_id: 'run 7',
      score: null,
    };
    const memory = await only(item);
    expect(memory).toMatchObject({
      content: 'Name is Alice',
      scope: { userId: 'alice', sessionId: 'run 7', agentId: undefined },
      createdAt: new Date('2024-07-26T17:29:36.630Z'),
      metadata: {
        topic: 'name',
        mem0: { id: item.id, hash: 'b1fe', categories: ['personal_details'] },
      },
    });
    expect(memory).toMatchObject({ id: expect.stringMatching(/^mem_[0-9a-f-]{36}$/) as string });
    expect(await only(item)).toEqual(memory);
    expect(await only({ ...item, user_id: 'bert' })).not.toMatchObject({ id: (memory as { id: string }).id });
  });

  it('of mem0 is read in all of its spellings', async () => {
    expect(
      await only({ id: 1, text: 'one', userId: 'u', runId: 'r', createdAt: '2025-01-01T00:00:00' }),
    ).toMatchObject({
      content: 'one',
      scope: { userId: 'u', sessionId: 'r' },
      createdAt: new Date('2025-01-01T00:00:00Z'),
    });
    expect(
      await only({ id: 'x', data: 'two', expiration_date: '2030-05-01' }, { userId: 'u' }),
    ).toMatchObject({
      content: 'two',
      expiresAt: new Date('2030-05-01T23:59:59.999Z'),
    });
    expect(await only({ id: 'x', memory: 'z', created_at: 'soon' }, { userId: 'u' })).toMatchObject({
      fault: expect.stringContaining('created_at') as string,
    });
    expect(await only({ id: 'x' }, { format: 'mem0', userId: 'u' })).toMatchObject({
      fault: expect.stringContaining('memory') as string,
    });
  });

  it.each<[unknown, object]>([
    [
      {
        namespace: ['memories', 'anna'],
        key: 'k',
        value: { content: 'one', kind: 'x' },
        created_at: '2024-07-31T20:14:19.804150+00:00',
      },
      {
        content: 'one',
        scope: { userId: 'anna' },
        createdAt: new Date('2024-07-31T20:14:19.804Z'),
        metadata: { langgraph: { namespace: ['memories', 'anna'], key: 'k', value: { kind: 'x' } } },
      },
    ],
    [
      {
        prefix: 'anna.memories',
        key: 'k',
        value: { text: 'two' },
        created_at: '2024-07-31 20:14:19.80415+00',
        updated_at: '2024-08-01 00:00:00+02',
      },
      { content: 'two', scope: { userId: 'anna' }, updatedAt: new Date('2024-07-31T22:00:00Z') },
    ],
    [
      { namespace: ['users', 'anna', 's1', 'planner', 'deep'], key: 'k', value: { likes: ['tea'] } },
      { content: '{"likes":["tea"]}', scope: { userId: 'anna', sessionId: 's1', agentId: 'planner' } },
    ],
    [
      { namespace: 'store.anna', key: 'k', value: 'plain' },
      { content: 'plain', scope: { userId: 'anna' } },
    ],
    [
      { namespace: ['memories'], key: 'k', value: { data: 'x' } },
      { fault: expect.stringContaining('user_id') as string },
    ],
    [{ key: 'k', value: 1 }, { fault: expect.stringContaining('namespace') as string }],
  ])('of LangGraph: %j', async (item, expected) => {
    expect(await only(item)).toMatchObject(expected);
    expect(await only(item)).toEqual(await only(item));
  });
});
