import { type HeadroomError, invalid, isScopeId } from '#libs/kernel';
import { addressOf } from './address.js';

/** What makes a list another one: its kind, whose it is, and its order. */
export type ListIdentity = readonly (string | undefined)[];

/** An opaque cursor: which list it belongs to, and the sort key of the last item of a page. */
export function encodeCursor(list: ListIdentity, position: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify([markOf(list), ...position]), 'utf8').toString('base64url');
}

/** @throws HeadroomError `validation_error` when the cursor was not made by {@link encodeCursor} for this list, with `length` parts. */
function decodeCursor(
  list: ListIdentity,
  cursor: string,
  length: number,
): readonly (string | number | null)[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(parts) && parts.length === length + 1 && parts.every(isPart)) {
      const [mark, ...position] = parts;
      if (mark === markOf(list)) return position;
    }
  } catch {
    // Not JSON: falls through to the same error.
  }
  throw notACursor();
}

/** A cursor that is one whole number. @throws HeadroomError `validation_error` */
export function decodePosition(list: ListIdentity, cursor: string): number {
  const [position] = decodeCursor(list, cursor, 1);
  if (typeof position === 'number' && Number.isSafeInteger(position)) return position;
  throw notACursor();
}

/** A cursor into a list ordered by time, in milliseconds, and id. @throws HeadroomError `validation_error` */
export function decodeTimeAndId(list: ListIdentity, cursor: string): readonly [time: number, id: string] {
  const [time, id] = decodeNumberAndId(list, cursor);
  if (Number.isSafeInteger(time)) return [time, id];
  throw notACursor();
}

/** A cursor into a list ordered by any number and id. @throws HeadroomError `validation_error` */
export function decodeNumberAndId(list: ListIdentity, cursor: string): readonly [number: number, id: string] {
  const [number, id] = decodeCursor(list, cursor, 2);
  if (typeof number === 'number' && typeof id === 'string' && isScopeId(id)) return [number, id];
  throw notACursor();
}

/** Enough to tell lists apart; whose they are is not to be read from a cursor. */
function markOf(list: ListIdentity): string {
  return addressOf(...list).slice(0, 8);
}

function notACursor(): HeadroomError {
  return invalid([{ path: 'cursor', message: 'is not a cursor of this list; leave it out to start over' }]);
}

function isPart(part: unknown): part is string | number | null {
  return part === null || typeof part === 'string' || (typeof part === 'number' && Number.isFinite(part));
}
