import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
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

  it('changes the data of an event and nothing else', () => {
    const [event] = new SseSplitter().push(Buffer.from('id: 7\ndata: {"a":1}\nretry: 3\n\n'));
    expect(withData(event!, '{"a":2}').toString()).toBe('id: 7\ndata: {"a":2}\nretry: 3\n\n');
  });
});
