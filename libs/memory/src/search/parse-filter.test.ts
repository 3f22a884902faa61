import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeadroomError } from '#libs/kernel';
import { parseFilter } from './parse-filter.js';

describe('parsing a filter', () => {
  it('reads a bare value as eq and joins fields with and', () => {
    expect(parseFilter({ category: 'fact', importance: { gte: 0.5, lt: 1 } })).toEqual({
      all: [
        { field: 'category', operator: 'eq', value: 'fact' },
        {
          all: [
            { field: 'importance', operator: 'gte', value: 0.5 },
            { field: 'importance', operator: 'lt', value: 1 },
          ],
        },
      ],
    });
  });

  it('reads and, or, not and metadata keys', () => {
    const filter = {
      or: [{ 'metadata.project': { in: ['apollo', 3] } }, { not: { entities: { contains: 'ACME' } } }],
    };
    expect(parseFilter(filter)).toEqual({
      any: [
        { all: [{ field: 'metadata.project', operator: 'in', value: ['apollo', 3] }] },
        { not: { all: [{ field: 'entities', operator: 'contains', value: 'ACME' }] } },
      ],
    });
  });

  it('turns times into UTC instants', () => {
    expect(parseFilter({ created_at: { gt: '2026-01-01T02:00:00+02:00' } })).toEqual({
      all: [{ field: 'created_at', operator: 'gt', value: '2026-01-01T00:00:00.000Z' }],
    });
  });

  it.each([
    ['an unknown field', { colour: 'red' }, 'filter.colour'],
    ['an unknown operator', { category: { like: 'f' } }, 'filter.category.like'],
    [
      'an unknown operator deep inside',
      { or: [{ not: { subject: { regex: 'a' } } }] },
      'filter.or[0].not.subject.regex',
    ],
    ['a metadata filter without a key', { 'metadata.': 1 }, 'filter.metadata.'],
    ['a string where a number belongs', { importance: { gt: '0.5' } }, 'filter.importance.gt'],
    ['a category that is none', { category: 'gossip' }, 'filter.category.eq'],
    ['something that is no time', { valid_from: { lt: 'yesterday' } }, 'filter.valid_from.lt'],
    ['exists without true or false', { subject: { exists: 'yes' } }, 'filter.subject.exists'],
    ['in without a list', { subject: { in: 'a' } }, 'filter.subject.in'],
    ['an ordering of a boolean', { 'metadata.a': { gt: true } }, 'filter.metadata.a.gt'],
    ['an empty or', { or: [] }, 'filter.or'],
    ['a list as a filter', [], 'filter'],
    ['a prototype key', JSON.parse('{"__proto__": 1}') as object, 'filter.__proto__'],
  ])('names the path of %s', (_, filter, path) => {
    try {
      parseFilter(filter);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: 'validation_error', details: { errors: [{ path }] } });
    }
  });

  it('answers any JSON with a filter or a validation error', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        try {
          parseFilter(value);
        } catch (error) {
          expect(error).toBeInstanceOf(HeadroomError);
        }
      }),
    );
  });

  it('refuses a filter nested without end', () => {
    let filter: object = { category: 'fact' };
    for (let i = 0; i < 1000; i++) filter = { not: filter };
    expect(() => parseFilter(filter)).toThrow(/nested deeper/);
  });
});
