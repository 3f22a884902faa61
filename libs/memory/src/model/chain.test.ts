import { describe, expect, it } from 'vitest';
import { currentIdOf, replaceableEnd } from './chain.js';
import type { Memory } from './memory.js';

const AT = new Date('2026-11-22T12:00:00.000Z');
const OLDER = link('mem_1', { supersededAt: AT, supersededBy: 'mem_2' });

function link(id: string, state: Partial<Memory> = {}): Memory {
  return { id, ...state } as Memory;
}

describe('a chain', () => {
  it('has its end as the current member', () => {
    const chain = [OLDER, link('mem_2')];
    expect(currentIdOf(chain)).toBe('mem_2');
    expect(replaceableEnd(chain, 'mem_1').id).toBe('mem_2');
  });

  it('takes no replacement of its current member by itself', () => {
    expect(() => replaceableEnd([OLDER, link('mem_2')], 'mem_2')).toThrow(
      expect.objectContaining({ code: 'conflict', details: { current_id: 'mem_2' } }) as Error,
    );
  });

  it('whose end was retired has no current member, and any content can come back', () => {
    const chain = [OLDER, link('mem_2', { supersededAt: AT })];
    expect(currentIdOf(chain)).toBeNull();
    expect(replaceableEnd(chain, 'mem_1').id).toBe('mem_2');
    expect(replaceableEnd(chain, 'mem_2').id).toBe('mem_2');
  });

  it('whose end was deleted has no current member, and nothing comes back', () => {
    const chain = [OLDER, link('mem_2', { deletedAt: AT })];
    expect(currentIdOf(chain)).toBeNull();
    expect(() => replaceableEnd(chain, 'mem_1')).toThrow(
      expect.objectContaining({ code: 'conflict', details: {} }) as Error,
    );
  });
});
