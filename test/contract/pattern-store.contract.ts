import { expect, it } from 'vitest';
import {
  contentOf,
  learnFrom,
  MAX_PATTERNS,
  type LearnedElsewhere,
  type PatternStore,
  type ToolPattern,
} from '#libs/learning';
import { aCaller } from '../support/callers.js';
import type { FakeClock } from '../support/fake-clock.js';
import { anOutput, aRetrieval, aSearch } from '../support/observations.js';

const aPattern: ToolPattern = Array.from({ length: 20 }, () => anOutput()).reduce<ToolPattern | undefined>(
  learnFrom,
  undefined,
)!;
const signatureOf = (n: number): string => n.toString(16).padStart(24, '0');

/** What every PatternStore does, on every adapter. `open` gives an empty store. */
export function patternStoreContract(open: () => Promise<{ store: PatternStore; clock: FakeClock }>): void {
  const caller = aCaller();

  it('learns from observations per structure and tool', async () => {
    const { store } = await open();
    expect(await store.list(caller, 10)).toEqual([]);
    await store.learn(caller, [anOutput(), anOutput({ toolName: 'other', tokensAfter: 50 })]);
    await store.learn(caller, [anOutput(), aSearch('name')]);
    const [search, other] = await store.list(caller, 10);
    expect(search).toMatchObject({
      toolName: 'search',
      kind: 'json',
      compressions: 2,
      retrievals: 1,
      fullRetrievals: 0,
      tokensBefore: 200,
      tokensAfter: 40,
      itemsBefore: 80,
      itemsAfter: 30,
      itemsRetrieved: 1,
      fields: { name: { outputs: 2, queried: 1, types: ['string'] } },
      queries: { name: 1 },
    });
    expect(other).toMatchObject({ toolName: 'other', compressions: 1, retrievals: 0 });
  });

  it('loses nothing when several learn at once', async () => {
    const { store } = await open();
    await Promise.all(Array.from({ length: 10 }, () => store.learn(caller, [anOutput(), aRetrieval()])));
    expect((await store.list(caller, 1))[0]).toMatchObject({ compressions: 10, retrievals: 10 });
  });

  it('lists the most compressed first, no more than asked for', async () => {
    const { store } = await open();
    const times = (toolName: string, n: number) => Array.from({ length: n }, () => anOutput({ toolName }));
    await store.learn(caller, [...times('a', 1), ...times('b', 3), ...times('c', 2)]);
    expect((await store.list(caller, 2)).map(({ toolName }) => toolName)).toEqual(['b', 'c']);
    expect(await store.list(caller, 0)).toEqual([]);
  });

  it('tells tools apart whose names no text column takes', async () => {
    const { store } = await open();
    const names = ['odd\u0000', 'odd\ufffd', 'odd\ud800', '__proto__', '', 'x'.repeat(10_000)];
    await store.learn(
      caller,
      names.map((toolName) => anOutput({ toolName })),
    );
    const known = (await store.list(caller, 10)).map(({ toolName }) => toolName);
    expect(new Set(known)).toEqual(new Set(names));
  });

  it('forgets what was not seen for longest beyond a number of patterns', async () => {
    const { store, clock } = await open();
    await store.learn(caller, [anOutput({ signature: signatureOf(0) })]);
    clock.advanceSeconds(1);
    await store.learn(
      caller,
      Array.from({ length: MAX_PATTERNS }, (_, n) => anOutput({ signature: signatureOf(n + 1) })),
    );
    const known = await store.list(caller, 2 * MAX_PATTERNS);
    expect(known).toHaveLength(MAX_PATTERNS);
    expect(known.map(({ signature }) => signature)).not.toContain(signatureOf(0));
  });

  it('adds what was imported to what it knows, once, however often it is imported', async () => {
    const { store, clock } = await open();
    const theirs = aCaller({ tenantId: 'tenant-b' });
    const theirExport = async (): Promise<LearnedElsewhere> => ({
      ...(await store.learnedHere(theirs, 'src_b')),
      exportedAt: clock.now(),
    });
    await store.learn(theirs, [anOutput(), anOutput(), aSearch('name')]);
    await store.learn(caller, [anOutput()]);
    const exported = await theirExport();
    expect(await store.importFrom(caller, exported)).toBe(true);
    expect(await store.importFrom(caller, exported)).toBe(false);
    expect(await store.list(caller, 10)).toHaveLength(1);
    expect((await store.list(caller, 1))[0]).toMatchObject({ compressions: 3, retrievals: 1 });

    clock.advanceSeconds(1);
    await store.learn(theirs, [anOutput()]);
    expect(await store.importFrom(caller, await theirExport())).toBe(true);
    expect(await store.importFrom(caller, exported)).toBe(false);
    expect((await store.list(caller, 1))[0]?.compressions).toBe(4);
  });

  it('exports what it learned itself, under one name for good, and takes that for its own', async () => {
    const { store, clock } = await open();
    await store.learn(caller, [anOutput()]);
    await store.importFrom(caller, {
      source: 'elsewhere',
      exportedAt: clock.now(),
      patterns: await store.list(caller, 1),
    });
    const first = await store.learnedHere(caller, 'src_1');
    expect(first).toMatchObject({ source: 'src_1', patterns: [{ compressions: 1 }] });
    await store.publish(caller, contentOf([]));
    expect((await store.learnedHere(caller, 'src_2')).source).toBe('src_1');
    expect(await store.importFrom(caller, { ...first, exportedAt: clock.now() })).toBe(false);
  });

  it('publishes a new snapshot only where the content is another', async () => {
    const { store } = await open();
    expect(await store.snapshot(caller)).toEqual({ number: 0, bySignature: {}, byTool: {} });
    expect((await store.publish(caller, { bySignature: {}, byTool: {} })).number).toBe(0);
    const content = {
      bySignature: {},
      byTool: { search: { importance: 0.5, confidence: 0.4, errorFields: ['err'], hints: {} } },
    };
    expect(await store.publish(caller, content)).toEqual({ number: 1, ...content });
    expect((await store.publish(caller, content)).number).toBe(1);
    expect(await store.snapshot(caller)).toEqual({ number: 1, ...content });
    expect((await store.publish(caller, { bySignature: {}, byTool: {} })).number).toBe(2);
  });

  it('keeps tenants apart', async () => {
    const { store, clock } = await open();
    await store.learn(caller, [anOutput()]);
    await store.publish(caller, contentOf([aPattern]));
    const other = aCaller({ tenantId: 'tenant-b' });
    expect(await store.list(other, 10)).toEqual([]);
    expect((await store.snapshot(other)).number).toBe(0);
    expect(await store.learnedHere(other, 'src_b')).toEqual({ source: 'src_b', patterns: [] });
    await store.importFrom(other, { source: 'x', exportedAt: clock.now(), patterns: [aPattern] });
    expect((await store.list(caller, 10)).map(({ compressions }) => compressions)).toEqual([1]);
  });
}
