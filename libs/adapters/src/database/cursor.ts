import { type HeadroomError, invalid, isScopeId } from '#libs/kernel';

/** An opaque cursor: the sort key of the last item of a page. */
export function encodeCursor(position: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(position), 'utf8').toString('base64url');
}

/** @throws HeadroomError `validation_error` when the cursor was not made by {@link encodeCursor} with `length` parts. */
export function decodeCursor(cursor: string, length: number): readonly (string | number | null)[] {
  try {
    const position: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(position) && position.length === length && position.every(isPart)) return position;
  } catch {
    // Not JSON: falls through to the same error.
  }
  throw notACursor();
}

/** A cursor that is one whole number. @throws HeadroomError `validation_error` */
export function decodePosition(cursor: string): number {
  const [position] = decodeCursor(cursor, 1);
  if (typeof position === 'number' && Number.isSafeInteger(position)) return position;
  throw notACursor();
}

/** A cursor into a list ordered by time, in milliseconds, and id. @throws HeadroomError `validation_error` */
export function decodeTimeAndId(cursor: string): readonly [time: number, id: string] {
  const [time, id] = decodeCursor(cursor, 2);
  if (typeof time === 'number' && Number.isSafeInteger(time) && typeof id === 'string' && isScopeId(id)) {
    return [time, id];
  }
  throw notACursor();
}

function notACursor(): HeadroomError {
  return invalid([{ path: 'cursor', message: 'is not a cursor of this list; leave it out to start over' }]);
}

function isPart(part: unknown): part is string | number | null {
  return part === null || typeof part === 'string' || (typeof part === 'number' && Number.isFinite(part));
}
