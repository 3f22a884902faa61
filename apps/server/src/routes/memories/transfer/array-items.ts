import { JSONParser } from '@streamparser/json';

/** What one line (or one item of an array) says, or why it says nothing. Both count from 1. */
export type ReadItem = { readonly line: number } & ({ readonly value: unknown } | { readonly fault: string });

/** Reads the items of one array of a JSON text that arrives in pieces; holds no more than the item in hand. */
export async function* readArrayItems(
  body: AsyncIterable<Uint8Array>,
  path: '$.*' | '$.results.*',
  maxBytes: number,
): AsyncGenerator<ReadItem> {
  const ready: ReadItem[] = [];
  let read = 0;
  let fault: string | undefined;
  const parser = new JSONParser({ paths: [path], keepStack: false });
  parser.onValue = ({ value }) => ready.push({ line: ++read, value });
  parser.onError = () => {
    fault ??= 'Invalid JSON in this array; what follows cannot be read.';
  };
  let sinceLast = 0;
  for await (const piece of body) {
    const before = read;
    write(parser, piece);
    yield* ready.splice(0);
    sinceLast = read === before ? sinceLast + piece.length : 0;
    if (sinceLast > maxBytes) fault ??= `is longer than ${maxBytes} bytes; what follows was not read`;
    if (fault !== undefined) break;
  }
  if (fault === undefined && !parser.isEnded) fault = 'The array breaks off here.';
  if (fault !== undefined) yield { line: read + 1, fault };
}

/** The parser reports its faults to `onError`, and throws some of them as well. */
function write(parser: JSONParser, piece: Uint8Array): void {
  try {
    parser.write(piece);
  } catch (error) {
    parser.onError(error instanceof Error ? error : new Error(String(error)));
  }
}
