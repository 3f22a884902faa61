import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itemsMarker, readRetrieveCall } from './index.js';

const H = '0123456789abcdef01234567';

describe('reading a call of the retrieve tool', () => {
  it('finds the hash when a model copies the whole marker', () => {
    const args = JSON.stringify({ hash: itemsMarker(9, 3, H), query: 'errors' });
    const call = { id: 'c', function: { name: 'headroom_retrieve', arguments: args } };
    expect(readRetrieveCall(call, 'openai')).toEqual({
      id: 'c',
      name: 'headroom_retrieve',
      hash: H,
      query: 'errors',
    });
  });

  it('takes the reference that the marker of dropped messages speaks of', () => {
    const call = { id: 'c', name: 'ccr_retrieve', input: { reference: H } };
    expect(readRetrieveCall(call, 'anthropic')).toEqual({ id: 'c', name: 'ccr_retrieve', hash: H });
  });

  it('passes on what is no hash, so that the answer can say it is unknown', () => {
    const call = { name: 'headroom_retrieve', args: { hash: 'abc123' } };
    expect(readRetrieveCall(call, 'gemini')).toEqual({ id: '', name: 'headroom_retrieve', hash: 'abc123' });
  });

  it('leaves calls of other tools alone', () => {
    expect(readRetrieveCall({ id: 'c', function: { name: 'search', arguments: '{}' } }, 'openai')).toBeNull();
  });

  it('takes whatever a client sends', () => {
    const named = fc.record({
      name: fc.constant('headroom_retrieve'),
      input: fc.jsonValue(),
      args: fc.jsonValue(),
    });
    const called = fc.record({
      function: fc.record({ name: fc.constant('ccr_retrieve'), arguments: fc.jsonValue() }),
    });
    const provider = fc.constantFrom('openai' as const, 'anthropic' as const, 'gemini' as const);
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), named, called), provider, (toolCall, shape) => {
        const call = readRetrieveCall(toolCall, shape);
        if (call !== null) expect(call.hash === null || call.hash !== '').toBe(true);
      }),
    );
  });
});
