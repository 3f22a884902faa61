import { HeadroomError, invalid } from '#libs/kernel';
import type { Memory } from '#libs/memory';

/** A memory after another occurrence of its content. */
export function seenAgain(memory: Memory, { createdAt, source }: Memory): Memory {
  return {
    ...memory,
    alsoSeen: [...memory.alsoSeen, { at: createdAt, source }],
    updatedAt: createdAt,
    version: memory.version + 1,
  };
}

/** A memory whose validity has ended in favour of its successor. */
export function endedBy(successor: Memory, memory: Memory): Memory {
  return {
    ...memory,
    validUntil: successor.validFrom,
    supersededAt: successor.createdAt,
    supersededBy: successor.id,
    updatedAt: successor.createdAt,
    version: memory.version + 1,
  };
}

/** The error of a successor that begins before what it supersedes. */
export function beginsTooEarly(successor: Memory, memory: Memory): HeadroomError | undefined {
  if (successor.validFrom >= memory.validFrom) return undefined;
  const message = `must not lie before ${memory.validFrom.toISOString()}, where the superseded memory begins`;
  return invalid([{ path: 'valid_from', message }]);
}

/** The error of `on_subject: 'conflict'`. */
export function sameSubject(currentId: string): HeadroomError {
  return new HeadroomError('conflict', 'A current memory of this scope has the same subject.', {
    current_id: currentId,
  });
}
