import { describe, expect, it } from 'vitest';
import { allOf, anyOf, joinSql, listOf, sql, trusted } from './sql.js';

describe('a statement', () => {
  it('binds every value, in the placeholders of its dialect', () => {
    const statement = sql`SELECT ${trusted('id')} FROM t WHERE a = ${'x'} AND ${sql`b = ${2} AND c = ${undefined}`} LIMIT ${3}`;
    expect(statement.textFor('sqlite')).toBe('SELECT id FROM t WHERE a = ? AND b = ? AND c = ? LIMIT ?');
    expect(statement.textFor('postgres')).toBe(
      'SELECT id FROM t WHERE a = $1 AND b = $2 AND c = $3 LIMIT $4',
    );
    expect(statement.values).toEqual(['x', 2, null, 3]);
  });

  it('never takes a value for text', () => {
    const statement = sql`a = ${"'; DROP TABLE t; --"}`;
    expect(statement.textFor('sqlite')).toBe('a = ?');
  });
});

describe('combinations', () => {
  it('of none are always or never true', () => {
    expect(allOf([]).textFor('sqlite')).toBe('1 = 1');
    expect(anyOf([]).textFor('sqlite')).toBe('1 = 0');
    expect(sql`a IN ${listOf([])}`.textFor('sqlite')).toBe('a IN (NULL)');
  });

  it('keep values in order', () => {
    const both = joinSql([sql`a = ${1}`, sql`b IN ${listOf([2, 3])}`], ' OR ');
    expect(both.textFor('postgres')).toBe('a = $1 OR b IN ($2, $3)');
    expect(both.values).toEqual([1, 2, 3]);
  });
});
