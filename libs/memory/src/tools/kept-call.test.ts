import { describe, expect, it } from 'vitest';
import { keptOf } from './kept-call.js';

describe('what is kept of a call of a memory tool', () => {
  it('are its arguments, as the model wrote them', () => {
    const given = '{ "content":"Ada likes Go" }';
    const saved = { status: 'saved', memory_id: 'mem_1', content: 'Ada likes Go' } as const;
    expect(keptOf({ name: 'memory_save', arguments: given }, saved)).toEqual({ arguments: given });
  });

  it('is of a deletion what was erased, and not why', () => {
    const call = { name: 'memory_delete', arguments: '{"memory_id":"mem_1","reason":"a secret affair"}' };
    expect(keptOf(call, { status: 'deleted', memory_id: 'mem_1' })).toEqual({
      arguments: '{"memory_id":"mem_1"}',
      erased: 'mem_1',
    });
    const refused = { status: 'error', error: 'not_found', message: 'no such memory' } as const;
    expect(keptOf(call, refused)).toEqual({ arguments: '{}' });
  });

  it('is never a secret, whatever became of the call', () => {
    const given = JSON.stringify({
      content: `The key is sk-proj-${'aB3dE6gH9k'.repeat(4)}`,
      category: 'no such',
    });
    for (const error of ['secret_refused', 'validation_error'] as const) {
      const result = { status: 'error', error, message: '' } as const;
      expect(keptOf({ name: 'memory_save', arguments: given }, result)).toEqual({ arguments: '{}' });
    }
  });
});
