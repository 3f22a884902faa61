import { judge, matchesFilter, type Memory, type MemoryView } from '#libs/memory';
import type { Kept } from './kept-memory.js';

/** What the view sees, as it came. */
export function inView(all: readonly Kept[], view: MemoryView): readonly Kept[] {
  return all.filter(({ memory }) => judge(memory, view) === 'seen' && passes(memory, view));
}

/** Whether the view's filter lets a memory through, whatever `judge` makes of it. */
export function passes(memory: Memory, { filter }: MemoryView): boolean {
  return filter === undefined || matchesFilter(memory, filter);
}
