import type { Memory } from '../model/memory.js';
import type { ArmHit } from '../ports/memory-store.js';

/**
 * How much of its neighbours' match a turn of a conversation takes over. Question and answer stand in adjacent
 * turns, so a turn beside matching turns is likelier to be what is asked for.
 */
export const NEIGHBOUR_WEIGHT = 0.4;

/**
 * Orders one arm's hits anew, best first, after adding to each conversation turn's score a share of the scores of
 * the turns before and after it. Memories that come from no conversation keep their score.
 */
export function withNeighbours(hits: readonly ArmHit[]): readonly ArmHit[] {
  const scores = new Map<string, number>();
  for (const { memory, score } of hits) {
    const turn = turnOf(memory);
    if (turn !== null) scores.set(turnKey(turn.conversation, turn.index), score);
  }
  if (scores.size === 0) return hits;
  const around = (memory: Memory): number => {
    const turn = turnOf(memory);
    if (turn === null) return 0;
    const scoreAt = (index: number): number => scores.get(turnKey(turn.conversation, index)) ?? 0;
    return scoreAt(turn.index - 1) + scoreAt(turn.index + 1);
  };
  return hits
    .map((hit, rank) => ({ hit, rank, weight: hit.score + NEIGHBOUR_WEIGHT * around(hit.memory) }))
    .sort((a, b) => b.weight - a.weight || a.rank - b.rank)
    .map(({ hit }) => hit);
}

function turnOf({ source }: Memory): { conversation: string; index: number } | null {
  if (source?.conversationId === undefined || source.messageIndex === undefined) return null;
  return { conversation: source.conversationId, index: source.messageIndex };
}

function turnKey(conversation: string, index: number): string {
  return `${index}\u0000${conversation}`;
}
