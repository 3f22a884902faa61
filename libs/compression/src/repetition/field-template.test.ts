import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JsonNode, parseJsonTree, writeJsonTree } from '#libs/json-text';
import { fromValues, templateOf, valuesOf } from './field-template.js';

const parse = (value: unknown): JsonNode => parseJsonTree(JSON.stringify(value)) as JsonNode;

/** Documents of few keys, so that fields often agree. */
const { value: document } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(1, 'x', null, true),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value'), { maxKeys: 3 }),
  ),
}));

describe('values without the names of their fields', () => {
  it('are read back exactly, whatever document gave the order', () => {
    fc.assert(
      fc.property(document, document, (known, other) => {
        const template = templateOf(parse(known));
        const values = valuesOf(parse(other), template);
        fc.pre(values !== undefined);
        expect(writeJsonTree(fromValues(values, template))).toBe(JSON.stringify(other));
      }),
      { numRuns: 500 },
    );
  });

  it('keep an object that has other fields', () => {
    const template = templateOf(parse({ id: 1, rows: [{ a: 1 }] }));
    const values = valuesOf(parse({ id: 2, rows: [{ a: 3 }, { b: 4 }] }), template);
    expect(values && writeJsonTree(values)).toBe('[2,[[3],{"b":4}]]');
  });
});
