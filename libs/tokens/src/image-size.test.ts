import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { imageSize } from './image-size.js';

const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 4, background: { r: 9, g: 80, b: 200, alpha: 0.5 } } });

describe('reading the size of an image', () => {
  it.each([
    ['png', picture(640, 481).png()],
    ['jpeg', picture(640, 481).jpeg()],
    [
      'jpeg with metadata',
      picture(640, 481)
        .withExif({ IFD0: { ImageDescription: 'x'.repeat(30_000) } })
        .jpeg(),
    ],
    ['gif', picture(640, 481).gif()],
    ['webp', picture(640, 481).webp()],
    ['lossless webp', picture(640, 481).webp({ lossless: true })],
    [
      'webp with metadata',
      picture(640, 481)
        .withExif({ IFD0: { Software: 'x' } })
        .webp(),
    ],
  ])('works for %s', async (_, image) => {
    const base64 = (await image.toBuffer()).toString('base64');
    expect(imageSize(base64)).toEqual({ width: 640, height: 481 });
    expect(imageSize(`data:image/x;base64,${base64}`)).toEqual({ width: 640, height: 481 });
  });

  it.each([
    '',
    'data:',
    'data:image/png,abc',
    'https://a.example/b.png',
    'A'.repeat(1000),
    '/9j/',
    'iVBORw0KGgo=',
  ])('finds none in %j', (source) => {
    expect(imageSize(source)).toBeUndefined();
  });

  it('never fails, whatever follows the first bytes', () => {
    const start = fc.constantFrom(
      ...[
        '\xff\xd8\xff',
        '\x89PNG\r\n\x1a\n\0\0\0\rIHDR',
        'GIF89a',
        'RIFFxxxxWEBPVP8 ',
        'RIFFxxxxWEBPVP8L',
        'RIFFxxxxWEBPVP8X',
        '',
      ],
    );
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 60 }), (prefix, rest) => {
        const size = imageSize(Buffer.concat([Buffer.from(prefix, 'latin1'), rest]).toString('base64'));
        if (size !== undefined) expect(size.width > 0 && size.height > 0).toBe(true);
      }),
      { numRuns: 2000 },
    );
    fc.assert(fc.property(fc.string(), (any) => (imageSize(any), true)));
  });
});
