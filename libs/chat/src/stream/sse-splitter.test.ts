import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { SseSplitter, withData } from './sse-splitter.js';

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const size of sizes) {
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return [...pieces, bytes.subarray(at)].filter((piece) => piece.length > 0);
}

describe('cutting a stream into events', () => {
  const text = 'data: {"a":"é"}\n\n: still here\n\nevent: x\r\ndata: 1\r\ndata: 2\r\n\r\ndata:[DONE]\n\n';

  it('finds the same events however the bytes arrive, and gives back every byte', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 })), (sizes) => {
        const splitter = new SseSplitter();
        const events = cut(Buffer.from(text), sizes).flatMap((piece) => splitter.push(piece));
        expect(events.map(({ data }) => data)).toEqual(['{"a":"é"}', '', '1\n2', '[DONE]']);
        expect(Buffer.concat(events.map(({ raw }) => raw)).toString()).toBe(text);
        expect(splitter.rest().raw).toHaveLength(0);
      }),
    );
  });

  it('keeps half an event apart', () => {
    const splitter = new SseSplitter();
    expect(splitter.push(Buffer.from('data: 1\n\ndata: {"ha'))).toHaveLength(1);
    expect(splitter.rest().data).toBe('{"ha');
  });

  it('copies the bytes of a long event a few times, in however many pieces it comes', () => {
    const long = Buffer.from(`data: ${'x'.repeat(1_000_000)}\n\n`);
    const concat = vi.spyOn(Buffer, 'concat');
    const splitter = new SseSplitter();
    const pieces = cut(long, new Array<number>(999).fill(1_000));
    expect(pieces.flatMap((piece) => splitter.push(piece))).toHaveLength(1);
    const copied = concat.mock.results.reduce((sum, { value }) => sum + (value as Buffer).length, 0);
    concat.mockRestore();
    expect(copied).toBeLessThan(4 * long.length);
  });

  it('changes the data of an event and nothing else', () => {
    const [event] = new SseSplitter().push(Buffer.from('id: 7\ndata: {"a":1}\nretry: 3\n\n'));
    expect(withData(event!, '{"a":2}').toString()).toBe('id: 7\ndata: {"a":2}\nretry: 3\n\n');
  });
});
