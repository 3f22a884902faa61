import { expect, it } from 'vitest';
import type { PatternStore } from '#libs/learning';
import { aCaller } from '../support/callers.js';

/** What every PatternStore does, on every adapter. `open` gives an empty store. */
export function patternStoreContract(open: () => Promise<PatternStore>): void {
  const caller = aCaller();

  it('adds counts up per tool', async () => {
    const store = await open();
    expect(await store.find(caller, 'search')).toBeNull();
    await store.add(caller, 'search', { compressions: 1, tokensBefore: 100, tokensAfter: 10 });
    await store.add(caller, 'search', {
      compressions: 1,
      retrievals: 2,
      fullRetrievals: 1,
      tokensBefore: 50,
    });
    expect(await store.find(caller, 'search')).toEqual({
      toolName: 'search',
      compressions: 2,
      retrievals: 2,
      fullRetrievals: 1,
      tokensBefore: 150,
      tokensAfter: 10,
    });
    expect(await store.find(caller, 'Search')).toBeNull();
  });

  it('loses nothing when several add at once', async () => {
    const store = await open();
    await Promise.all(Array.from({ length: 10 }, () => store.add(caller, 'search', { compressions: 1 })));
    expect((await store.find(caller, 'search'))?.compressions).toBe(10);
  });

  it('lists the most compressed first, no more than asked for', async () => {
    const store = await open();
    await store.add(caller, 'a', { compressions: 1 });
    await store.add(caller, 'b', { compressions: 3 });
    await store.add(caller, 'c', { compressions: 2 });
    expect((await store.list(caller, 2)).map(({ toolName }) => toolName)).toEqual(['b', 'c']);
    expect(await store.list(caller, 0)).toEqual([]);
  });

  it('tells tools apart whose names no text column takes', async () => {
    const store = await open();
    await store.add(caller, 'odd\u0000', { compressions: 1 });
    await store.add(caller, 'odd\ufffd', { compressions: 2 });
    await store.add(caller, 'x'.repeat(10_000), { compressions: 3 });
    expect((await store.find(caller, 'odd\u0000'))?.compressions).toBe(1);
    expect((await store.find(caller, 'x'.repeat(10_000)))?.compressions).toBe(3);
  });

  it('keeps tenants apart', async () => {
    const store = await open();
    await store.add(caller, 'search', { compressions: 1 });
    const other = aCaller({ tenantId: 'tenant-b' });
    expect(await store.find(other, 'search')).toBeNull();
    expect(await store.list(other, 10)).toEqual([]);
  });
}
