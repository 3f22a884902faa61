import type { ChatTurnParts } from './chat-turn.js';
import type { OpenTurn } from './open-turn.js';

/** Stores what the model wants remembered, after the answer: nobody waits for it, shutdown does. */
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
  );
}
