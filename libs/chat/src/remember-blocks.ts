import type { Caller, Scope } from '#libs/kernel';
import type { ChatTurnParts } from './turn-parts.js';
import type { OpenTurn } from './open-turn.js';

/** Stores what the model wants remembered, after the answer: it is not delayed, and shutdown waits. */
export function rememberBlocks(
  { pending, memory, observer }: Pick<ChatTurnParts, 'pending' | 'memory' | 'observer'>,
  turn: OpenTurn,
  blocks: readonly string[],
): void {
  const { scope } = turn.request;
  if (scope === undefined || blocks.length === 0) return;
  const source = scope.agentId === undefined ? undefined : { agent: scope.agentId };
  pending.start(
    () => memory.storeBlocks(turn.caller, { blocks, scope, source }),
    (error) => {
      observer.stepFailed('remember', error);
    },
    ownerOf(turn.caller, scope),
  );
}

/** Names the work that a user's next recall must not overtake. */
export function ownerOf(caller: Caller, scope: Scope): string {
  return JSON.stringify([caller.tenantId, scope.userId]);
}
