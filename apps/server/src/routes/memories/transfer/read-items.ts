import { HeadroomError } from '#libs/kernel';
import { parseJsonBody } from '../../../http/json-body.js';
import { splitLines } from '../../../http/split-lines.js';
import { readArrayItems, type ReadItem } from './array-items.js';

/** Longer than any memory that is accepted, with room for the escapes of its JSON. */
export const ITEM_MAX_BYTES = 10 * 1024 * 1024;

/** Enough to tell how a file begins. */
const HEAD_BYTES = 1024;

/** An envelope such as `{"count": 2, "next": null, "previous": null, "results": [`, as far as its list. */
const ENVELOPE =
  /^\s*\{\s*(?:"(?:count|next|previous)"\s*:\s*(?:null|\d+|"[^"\\]*")\s*,\s*)*"results"\s*:\s*\[/;

/**
 * Reads NDJSON, a JSON array, or an object whose `results` are an array, whichever it begins like, item by item while
 * it arrives. A faulty line spoils no other; a fault in the syntax of an array ends it, as no one can tell what follows.
 */
export async function* readItems(body: AsyncIterable<Uint8Array>): AsyncGenerator<ReadItem> {
  const { head, whole } = await peek(body);
  const text = head.toString('utf8').replace(/^\uFEFF/, '');
  if (/^\s*\[/.test(text)) yield* readArrayItems(whole, '$.*', ITEM_MAX_BYTES);
  else if (ENVELOPE.test(text)) yield* readArrayItems(whole, '$.results.*', ITEM_MAX_BYTES);
  else yield* readLines(whole);
}

async function* readLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<ReadItem> {
  for await (const { line, bytes } of splitLines(body, ITEM_MAX_BYTES)) {
    if (bytes === undefined) {
      yield { line, fault: `is longer than ${ITEM_MAX_BYTES} bytes` };
    } else if (bytes.toString('latin1').trim() !== '') {
      yield readLine(line, bytes);
    }
  }
}

function readLine(line: number, bytes: Buffer): ReadItem {
  try {
    return { line, value: parseJsonBody(bytes) };
  } catch (error) {
    if (!(error instanceof HeadroomError)) throw error;
    return {
      line,
      fault: error.message.replace('The body', 'This line').replace('request body', 'this line'),
    };
  }
}

/** The first bytes, and the same body from its beginning. */
async function peek(
  body: AsyncIterable<Uint8Array>,
): Promise<{ readonly head: Buffer; readonly whole: AsyncIterable<Uint8Array> }> {
  const pieces = body[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let size = 0;
  while (size < HEAD_BYTES) {
    const next = await pieces.next();
    if (next.done === true) break;
    first.push(next.value);
    size += next.value.length;
  }
  async function* whole(): AsyncGenerator<Uint8Array> {
    yield* first.splice(0);
    yield* { [Symbol.asyncIterator]: () => pieces };
  }
  return { head: Buffer.concat(first).subarray(0, HEAD_BYTES), whole: whole() };
}
