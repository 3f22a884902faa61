import { isUtf8 } from 'node:buffer';
import { HeadroomError } from '#libs/kernel';

/** Deeper JSON than this is refused: recursive readers of it (schemas, serializers) would exhaust the stack. */
export const MAX_JSON_DEPTH = 256;

const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Parses a request body. Keys such as `__proto__` are data like any other.
 * @throws HeadroomError `validation_error` for what is not UTF-8, not JSON or nested too deeply.
 */
export function parseJsonBody(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  if (!isUtf8(bytes)) throw new HeadroomError('validation_error', 'The body is not valid UTF-8.');
  if (isDeeperThan(bytes, MAX_JSON_DEPTH)) {
    throw new HeadroomError('validation_error', `The body is nested deeper than ${MAX_JSON_DEPTH} levels.`);
  }
  const text = bytes.toString('utf8');
  try {
    return JSON.parse(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text);
  } catch {
    throw new HeadroomError('validation_error', 'Invalid JSON in request body.');
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

function isDeeperThan(bytes: Buffer, limit: number): boolean {
  let depth = 0;
  for (let i = 0; i < bytes.length; i++) {
    switch (bytes[i]) {
      case QUOTE:
        i = endOfString(bytes, i);
        break;
      case 0x5b: // [
      case 0x7b: // {
        if (++depth > limit) return true;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
    }
  }
  return false;
}

/** The position of the quote that closes the string opened at `start`; found by native search, as strings are long. */
function endOfString(bytes: Buffer, start: number): number {
  let end = bytes.indexOf(QUOTE, start + 1);
  while (end !== -1 && isEscaped(bytes, end)) end = bytes.indexOf(QUOTE, end + 1);
  return end === -1 ? bytes.length : end;
}

function isEscaped(bytes: Buffer, position: number): boolean {
  let backslashes = 0;
  while (bytes[position - 1 - backslashes] === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}
