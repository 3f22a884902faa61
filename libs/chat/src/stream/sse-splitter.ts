/** One server-sent event: its bytes as they came, blank line included, and its data. */
export interface SseEvent {
  readonly raw: Buffer;
  /** The `data` lines joined by line feeds; empty for comments. */
  readonly data: string;
}

const MAX_EVENT_BYTES = 64 * 1024 * 1024;
/** The longest end of an event, less one: how far back a new piece may complete it. */
const END_OVERLAP = 3;

/**
 * Cuts a byte stream into server-sent events without touching a byte. Works on bytes because a piece may end inside
 * a UTF-8 sequence. Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export class SseSplitter {
  /** Pieces of an event that has not ended: put together once, when it has, as an event may hold a whole image. */
  private pending: Buffer[] = [];
  private length = 0;

  /** @returns the events that the piece completes. @throws RangeError when an event never ends. */
  push(piece: Uint8Array): SseEvent[] {
    const added = asBuffer(piece);
    if (added.length === 0) return [];
    const searched = this.pending.length === 0 ? added : Buffer.concat([this.overlap(), added]);
    this.pending.push(added);
    this.length += added.length;
    const end = eventEnd(searched, 0);
    if (end >= 0) return this.cut(this.length - searched.length + end);
    if (this.length > MAX_EVENT_BYTES) throw new RangeError('An event of the stream is too long.');
    return [];
  }

  /** What came after the last whole event: empty unless the stream was cut off. */
  rest(): SseEvent {
    return toEvent(Buffer.concat(this.pending));
  }

  /** @param firstEnd where the first event ends. */
  private cut(firstEnd: number): SseEvent[] {
    const [only] = this.pending;
    const bytes = this.pending.length === 1 && only !== undefined ? only : Buffer.concat(this.pending);
    const events: SseEvent[] = [];
    let start = 0;
    for (let end = firstEnd; end >= 0; end = eventEnd(bytes, start)) {
      events.push(toEvent(bytes.subarray(start, end)));
      start = end;
    }
    this.length = bytes.length - start;
    this.pending = this.length === 0 ? [] : [bytes.subarray(start)];
    return events;
  }

  /** The last bytes of what is pending, with which a new piece may make an end. */
  private overlap(): Buffer {
    const last = this.pending.at(-1);
    if (last !== undefined && last.length >= END_OVERLAP) return last.subarray(-END_OVERLAP);
    return Buffer.concat(this.pending.slice(-END_OVERLAP)).subarray(-END_OVERLAP);
  }
}

function asBuffer(piece: Uint8Array): Buffer {
  return Buffer.isBuffer(piece) ? piece : Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
}

/** The position after the first blank line at or after `from`; -1 when there is none. */
function eventEnd(bytes: Buffer, from: number): number {
  let lineFeed = bytes.indexOf(0x0a, from);
  while (lineFeed >= 0) {
    const next = bytes[lineFeed + 1];
    if (next === 0x0a) return lineFeed + 2;
    if (next === 0x0d && bytes[lineFeed + 2] === 0x0a) return lineFeed + 3;
    lineFeed = bytes.indexOf(0x0a, lineFeed + 1);
  }
  return -1;
}

function toEvent(raw: Buffer): SseEvent {
  const text = raw.toString('utf8');
  const data: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('data:')) data.push(line.slice(line.charCodeAt(5) === 0x20 ? 6 : 5));
  }
  return { raw, data: data.join('\n') };
}

/** The event with other data; every other line keeps its bytes when the data stood on one line. */
export function withData(event: SseEvent, data: string): Buffer {
  const text = event.raw.toString('utf8');
  const at = text.indexOf(event.data);
  if (event.data === '' || at < 0) return Buffer.from(`${toDataLines(data)}\n\n`);
  return Buffer.from(text.slice(0, at) + data + text.slice(at + event.data.length));
}

function toDataLines(data: string): string {
  return data
    .split('\n')
    .map((line) => `data: ${line}`)
    .join('\n');
}
