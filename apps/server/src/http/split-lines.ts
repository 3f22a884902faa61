const NEWLINE = 0x0a;
const RETURN = 0x0d;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** A line of a text that arrives in pieces, without its end; `bytes` is undefined where it is too long. */
export interface TextLine {
  /** From 1. */
  readonly line: number;
  readonly bytes: Buffer | undefined;
}

/** Cuts bytes into lines, however they are cut into pieces; holds no more than one line of `maxBytes`. */
export async function* splitLines(
  pieces: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<TextLine> {
  const open = new OpenLine(maxBytes);
  for await (const piece of pieces) {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      open.append(bytes.subarray(start, end));
      yield open.end();
      start = end + 1;
    }
    open.append(bytes.subarray(start));
  }
  if (!open.isEmpty) yield open.end();
}

class OpenLine {
  #line = 1;
  #size = 0;
  #parts: Buffer[] = [];

  constructor(private readonly maxBytes: number) {}

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  append(part: Buffer): void {
    this.#size += part.length;
    if (this.#size <= this.maxBytes) this.#parts.push(part);
    else this.#parts = [];
  }

  end(): TextLine {
    const line = this.#line++;
    const bytes = this.#size > this.maxBytes ? undefined : trimmed(Buffer.concat(this.#parts), line);
    this.#size = 0;
    this.#parts = [];
    return { line, bytes };
  }
}

/** Without what editors and Windows put around a line. */
function trimmed(bytes: Buffer, line: number): Buffer {
  const start = line === 1 && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0;
  const end = bytes.at(-1) === RETURN ? bytes.length - 1 : bytes.length;
  return bytes.subarray(start, Math.max(start, end));
}
