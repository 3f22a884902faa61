import type { Memory } from '../model/memory.js';

/**
 * How much of its neighbours' match a turn of a conversation takes over. Question and answer stand in adjacent
 * turns, so a turn between matching turns is likelier to be what is asked for.
 */
export const NEIGHBOUR_WEIGHT = 0.3;

interface Ranked {
  readonly memory: Memory;
  readonly rank: number;
}

/**
 * Mixes each conversation turn's rank with that of the turn before and after where these are candidates too; the
 * result stays within 0–1. Memories that come from no conversation keep their rank.
 */
export function carryToNeighbours(candidates: readonly Ranked[]): ReadonlyMap<string, number> {
  const ranks = new Map<string, number>();
  for (const { memory, rank } of candidates) {
    const turn = turnOf(memory);
    if (turn !== null) ranks.set(turnKey(turn.conversation, turn.index), rank);
  }
  return new Map(
    candidates.map(({ memory, rank }) => {
      const turn = turnOf(memory);
      if (turn === null) return [memory.id, rank];
      const around = [turn.index - 1, turn.index + 1].map(
        (index) => ranks.get(turnKey(turn.conversation, index)) ?? 0,
      );
      const neighbours = Math.max(...around);
      return [memory.id, rank + NEIGHBOUR_WEIGHT * neighbours * (1 - rank)];
    }),
  );
}

function turnOf({ source }: Memory): { conversation: string; index: number } | null {
  if (source?.conversationId === undefined || source.messageIndex === undefined) return null;
  return { conversation: source.conversationId, index: source.messageIndex };
}

function turnKey(conversation: string, index: number): string {
  return `${index}\u0000${conversation}`;
}
