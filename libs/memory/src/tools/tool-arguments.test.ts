import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeadroomError } from '#libs/kernel';
import { ToolArguments } from './tool-arguments.js';

const read = (value: unknown) => ToolArguments.read(JSON.stringify(value));
const faultOf = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return error instanceof HeadroomError ? error.message : error;
  }
  return undefined;
};

describe('the arguments of a tool call', () => {
  it.each(['', ' \n', '{}', '"{}"', '{"content":null}'])('are none in %j', (text) => {
    const given = ToolArguments.read(text);
    expect([given.text('content'), given.number('n'), given.flag('f'), given.names('e')]).toEqual([
      undefined,
      undefined,
      false,
      [],
    ]);
    given.check();
  });

  it('are taken where they have one clear meaning', () => {
    const given = read({ content: 7, importance: '0.8', top_k: '99', include_related: 'True', e: ' Go ' });
    expect(given.text('content')).toBe('7');
    expect(given.number('importance')).toBe(0.8);
    expect(given.count('top_k', 50)).toBe(50);
    expect(given.flag('include_related')).toBe(true);
    expect(given.names('e')).toEqual(['Go']);
    expect(read({ e: ['Go', ' ', 'Go', 3] }).names('e')).toEqual(['Go', '3']);
    expect(read({ id: 'mem_1' }).requiredText('memory_id', 'id')).toBe('mem_1');
    expect(read({ n: -3 }).count('n', 50)).toBe(1);
    given.check();
  });

  it.each(['not json', '[]', '7', 'null', '"text"', '{"content":"cut'])(
    'are refused with the remedy when they are %j',
    (text) => {
      expect(faultOf(() => ToolArguments.read(text))).toMatch(/JSON object; call again/);
    },
  );

  it('name every fault at once', () => {
    const given = read({ content: {}, importance: 'high', flag: 'maybe', names: [{}], nul: 'a\u0000b' });
    given.requiredText('query');
    given.text('content');
    given.number('importance');
    given.flag('flag');
    given.names('names');
    given.text('nul');
    expect(
      faultOf(() => {
        given.check();
      }),
    ).toBe(
      'query: is missing; content: must be a string; importance: must be a number; flag: must be true or false; ' +
        'names: must be a list of strings; nul: must not hold NUL or lone surrogates',
    );
  });

  it('are read or refused, whatever a model writes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const fault = faultOf(() => {
          const given = ToolArguments.read(text);
          given.requiredText('a');
          given.count('b', 9);
          given.flag('c');
          given.names('d');
          given.check();
        });
        expect(fault).toSatisfy((told) => told === undefined || typeof told === 'string');
      }),
      { numRuns: 500 },
    );
  });
});
