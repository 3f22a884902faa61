import { invalid } from '#libs/kernel';

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
  throw invalid([{ path: 'cursor', message: 'is not a cursor of this list; leave it out to start over' }]);
}

function isPart(part: unknown): part is string | number | null {
  return part === null || typeof part === 'string' || (typeof part === 'number' && Number.isFinite(part));
}
