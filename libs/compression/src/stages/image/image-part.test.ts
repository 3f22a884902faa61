import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContentPart } from '#libs/kernel';
import { inlineImageOf, withDetail, withImage } from './image-part.js';

const DATA = 'aGVsbG8=';
const URL_OF = `data:image/png;base64,${DATA}`;

describe('images in messages', () => {
  it.each<[string, ContentPart]>([
    ['openai', { type: 'image_url', image_url: { url: URL_OF, detail: 'auto' } }],
    ['openai', { type: 'image_url', image_url: URL_OF }],
    ['openai', { type: 'input_image', image_url: URL_OF }],
    ['anthropic', { type: 'image', source: { type: 'base64', media_type: 'image/png', data: DATA } }],
    ['google', { type: 'part', inline_data: { mime_type: 'image/png', data: DATA } }],
    ['google', { type: 'part', inlineData: { mimeType: 'image/png', data: DATA } }],
  ])('are found in the shape of %s, and only the picture is replaced', (shape, part) => {
    expect(inlineImageOf(part)).toMatchObject({ shape, mediaType: 'image/png', base64: DATA });
    expect(withImage(part, { mediaType: 'image/png', base64: DATA })).toEqual(part);
    const other = withImage(part, { mediaType: 'image/webp', base64: 'eA==' });
    expect(inlineImageOf(other)).toMatchObject({ shape, mediaType: 'image/webp', base64: 'eA==' });
  });

  it('are left alone when they are only linked', () => {
    expect(
      inlineImageOf({ type: 'image_url', image_url: { url: 'https://example.org/a.png' } }),
    ).toBeUndefined();
    expect(inlineImageOf({ type: 'image', source: { type: 'url', url: 'https://x' } })).toBeUndefined();
    expect(inlineImageOf({ type: 'text', text: URL_OF })).toBeUndefined();
  });

  it('take OpenAI’s detail wherever it belongs', () => {
    expect(withDetail({ type: 'image_url', image_url: URL_OF }, 'low')).toEqual({
      type: 'image_url',
      image_url: { url: URL_OF, detail: 'low' },
    });
    expect(withDetail({ type: 'input_image', image_url: URL_OF }, 'low')).toHaveProperty('detail', 'low');
  });

  it('may be sent as anything', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('image_url', 'input_image', 'image', 'x'),
        fc.dictionary(fc.constantFrom('image_url', 'source', 'inline_data', 'inlineData'), fc.anything()),
        (type, fields) => {
          expect(() => inlineImageOf({ ...fields, type })).not.toThrow();
        },
      ),
    );
  });
});
