import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchingParts } from './matching-parts.js';

describe('the parts of a shared content that match a query', () => {
  it('are the elements of a JSON array, with their own number literals', () => {
    const content = '[{"n":1.0,"c":"red"},{"n":2e3,"c":"blue"},{"n":3,"c":"red"}]';
    expect(matchingParts(content, 'json', 'red')).toEqual({
      kind: 'json',
      text: '[{"n":1.0,"c":"red"},{"n":3,"c":"red"}]',
    });
  });

  it('stay text when the JSON was handed over as text', () => {
    expect(matchingParts('[{"c":"red"},{"c":"blue"}]', 'text', 'blue')).toEqual({
      kind: 'text',
      text: '[{"c":"blue"}]',
    });
  });

  it('are lines of a log, in their own order', () => {
    const log = 'one disk\ntwo\nthree disk disk';
    expect(matchingParts(log, 'text', 'disk')).toEqual({ kind: 'text', text: 'one disk\nthree disk disk' });
  });

  it('are none when nothing matches', () => {
    expect(matchingParts('[{"c":"red"}]', 'json', 'zebra')).toEqual({ kind: 'json', text: '[]' });
    expect(matchingParts('plain words', 'text', 'zebra')).toEqual({ kind: 'text', text: '' });
    expect(matchingParts('', 'text', 'zebra')).toEqual({ kind: 'text', text: '' });
  });

  it('of JSON are JSON, whatever it is', () => {
    fc.assert(
      fc.property(fc.json(), fc.string(), (content, query) => {
        JSON.parse(matchingParts(content, 'json', query).text);
      }),
    );
  });
});
