import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { compressMessages, type CompressionOutcome, type CompressionSettings } from '#libs/compression';
import type { Message } from '#libs/kernel';
import { loadTokenCounter } from '#libs/tokens';
import { SharpImageCodec } from './sharp-image-codec.js';

const codec = new SharpImageCodec();
let photo: Buffer;
let page: Buffer;

/** Soft shades as of a photograph. */
async function aPhoto(side: number): Promise<Buffer> {
  const pixels = Buffer.alloc(side * side * 3);
  for (let at = 0; at < pixels.length; at++) pixels[at] = 128 + Math.round(100 * Math.sin(at / 9000));
  return sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
    .jpeg()
    .toBuffer();
}

/** Dark strokes on white as of a scanned page. */
async function aPage(side: number): Promise<Buffer> {
  const strokes: string[] = [];
  for (let y = 20; y < side; y += 24) {
    for (let x = 20; x < side - 20; x += 14) strokes.push(`<rect x="${x}" y="${y}" width="6" height="12"/>`);
  }
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}">${strokes.join('')}</svg>`;
  return sharp(Buffer.from(svg)).flatten({ background: '#fff' }).png().toBuffer();
}

beforeAll(async () => {
  [photo, page] = await Promise.all([aPhoto(1024), aPage(1024)]);
});

describe('reading and writing images', () => {
  it('reads the size and shrinks within it, the same bytes every time', async () => {
    expect(await codec.inspect(photo)).toMatchObject({ width: 1024, height: 1024 });
    const small = await codec.change(photo, { maxSide: 512 });
    expect(small).toMatchObject({ width: 512, height: 512, mediaType: 'image/jpeg' });
    expect((await codec.change(photo, { maxSide: 512 })).bytes).toEqual(small.bytes);
    expect(await codec.change(photo, { maxSide: 4096 })).toMatchObject({ width: 1024 });
  });

  it('cuts out a region', async () => {
    const region = { left: 0.5, top: 0, width: 0.5, height: 0.25 };
    expect(await codec.change(page, { region })).toMatchObject({ width: 512, height: 256 });
  });

  it('refuses what is no image and what would unpack beyond its limit', async () => {
    await expect(codec.inspect(Buffer.from('no image'))).rejects.toThrow();
    const bomb = await sharp({
      create: { width: 12_000, height: 12_000, channels: 3, background: '#000' },
    })
      .png()
      .toBuffer();
    expect(bomb.length).toBeLessThan(2_000_000);
    await expect(codec.change(bomb, { maxSide: 512 })).rejects.toThrow(/pixel limit/);
  });
});

const ASKED = 'What animal is this?';

function asked(image: Buffer, question: string, shape: 'openai' | 'anthropic' = 'openai'): Message {
  const data = image.toString('base64');
  const picture =
    shape === 'openai'
      ? { type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } }
      : { type: 'image', source: { type: 'base64', media_type: 'image/png', data } };
  return { role: 'user', content: [{ type: 'text', text: question }, picture] };
}

async function compress(
  message: Message,
  model: string,
  config?: CompressionSettings,
): Promise<CompressionOutcome> {
  const counter = await loadTokenCounter(model);
  return compressMessages({ messages: [message], model, config }, counter, { tools: { images: codec } });
}

describe('images in a conversation', () => {
  it('are looked at less closely by OpenAI when the question is general, and are sent as they were', async () => {
    const message = asked(photo, ASKED);
    const { messages, reports, originals } = await compress(message, 'gpt-4o');
    expect(JSON.stringify(messages[0])).toBe(JSON.stringify(message).replace('"}}]', '","detail":"low"}}]'));
    expect(reports[0]?.transforms).toEqual(['router:image_full_low:0.11']);
    expect(originals).toEqual([]);
  });

  it.each([
    ['claude-sonnet-4-5', 512],
    ['gemini-2.5-pro', 768],
  ])('are drawn smaller for %s, and the original is kept', async (model, side) => {
    const message = asked(photo, ASKED, 'anthropic');
    const { messages, originals, reports } = await compress(message, model);
    const parts = messages[0]?.content as unknown as { source: { data: string; media_type: string } }[];
    const part = parts[1];
    const bytes = Buffer.from(part?.source.data ?? '', 'base64');
    expect(await codec.inspect(bytes)).toMatchObject({ width: side, height: side });
    expect(part?.source.media_type).toBe('image/jpeg');
    expect(JSON.parse(originals[0]?.content ?? '')).toEqual((message.content as unknown[])[1]);
    expect(reports[0]?.transforms).toEqual([expect.stringMatching(/^router:image_full_low:0\.2/)]);
  });

  it('are cut to the part that is asked for', async () => {
    const message = asked(photo, 'What is in the top left corner?', 'anthropic');
    const { reports } = await compress(message, 'claude-sonnet-4-5');
    expect(reports[0]?.transforms).toEqual([expect.stringMatching(/^router:image_crop:0\.3/)]);
  });

  it.each([
    ['the question is about details', () => asked(photo, 'Count the whiskers')],
    ['nothing was asked', () => asked(photo, '')],
    ['the picture is a page of text', () => asked(page, ASKED)],
  ])('keep their detail when %s', async (_, message) => {
    const sent = message();
    const { messages, reports } = await compress(sent, 'gpt-4o');
    expect(messages[0]).toBe(sent);
    expect(reports[0]?.reason).toBe('preserved_detail');
  });

  it('stay as they are when they are damaged, or switched off', async () => {
    const damaged = asked(photo.subarray(0, 40), ASKED, 'anthropic');
    expect((await compress(damaged, 'claude-sonnet-4-5')).reports[0]?.reason).toBe('failed');
    const off = await compress(asked(photo, ASKED), 'gpt-4o', { image: { enabled: false } });
    expect(off.reports[0]?.reason).toBe('disabled');
  });
});
