import { describe, expect, it } from 'vitest';
import { PreparedNames } from './prepared-names.js';

describe('names of prepared statements', () => {
  const useOften = (names: PreparedNames, text: string) =>
    Array.from({ length: 4 }, () => names.nameOf(text)).at(-1);

  it('are given to what comes again', () => {
    const names = new PreparedNames();
    expect([names.nameOf('SELECT 1'), names.nameOf('SELECT 1')]).toEqual([undefined, undefined]);
    expect(names.nameOf('SELECT 1')).toMatch(/^[0-9a-f]{32}$/);
    expect(names.nameOf('SELECT 2')).toBeUndefined();
  });

  it('are the same on every server, and of no two statements', () => {
    const [one, other] = [new PreparedNames(), new PreparedNames()];
    expect(useOften(one, 'SELECT 1')).toBe(useOften(other, 'SELECT 1'));
    expect(useOften(one, 'SELECT 1')).not.toBe(useOften(one, 'SELECT 2'));
  });

  it('are limited in number, and not for long texts', () => {
    const names = new PreparedNames();
    expect(useOften(names, `SELECT ${'1'.repeat(10_000)}`)).toBeUndefined();
    const given = Array.from({ length: 1_000 }, (_, i) => useOften(names, `SELECT ${i}`));
    expect(given.filter((name) => name !== undefined)).toHaveLength(200);
  });

  it('are given up for good', () => {
    const names = new PreparedNames();
    useOften(names, 'SELECT 1');
    names.giveUp();
    expect(useOften(names, 'SELECT 1')).toBeUndefined();
  });
});
