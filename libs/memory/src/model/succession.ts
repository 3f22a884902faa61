import { HeadroomError, invalid } from '#libs/kernel';
import { earliestSuccession, type Memory } from './memory.js';

/** A memory after another occurrence of its content. */
export function seenAgain(memory: Memory, { createdAt, source }: Memory): Memory {
  return {
    ...memory,
    alsoSeen: [...memory.alsoSeen, { at: createdAt, source }],
    updatedAt: createdAt,
    version: memory.version + 1,
  };
}

/** A memory whose validity has ended in favour of its successor; an end that is recorded already stays as it is. */
export function endedBy(successor: Memory, memory: Memory): Memory {
  return {
    ...memory,
    validUntil: memory.validUntil ?? successor.validFrom,
    supersededAt: memory.supersededAt ?? successor.createdAt,
    supersededBy: successor.id,
    updatedAt: successor.createdAt,
    version: memory.version + 1,
  };
}

/** The error of a successor that begins before what it supersedes begins, or has ended. */
export function beginsTooEarly(successor: Memory, memory: Memory): HeadroomError | undefined {
  const earliest = earliestSuccession(memory);
  if (successor.validFrom >= earliest) return undefined;
  const where = memory.validUntil === undefined ? 'begins' : 'has ended';
  const message = `must not lie before ${earliest.toISOString()}, where the superseded memory ${where}`;
  return invalid([{ path: 'valid_from', message }]);
}

/** The error of a second successor. @param currentId the end of the chain, null when it is unknown. */
export function alreadySuperseded(currentId: string | null): HeadroomError {
  return new HeadroomError('conflict', 'This memory is superseded already; supersede the current one.', {
    current_id: currentId,
  });
}

/** The error of `on_subject: 'conflict'`. */
export function sameSubject(currentId: string): HeadroomError {
  return new HeadroomError('conflict', 'A current memory of this scope has the same subject.', {
    current_id: currentId,
  });
}
