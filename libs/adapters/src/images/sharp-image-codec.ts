import type { default as createSharp, Sharp } from 'sharp';
import {
  ImageCodec,
  type EncodedImage,
  type GrayImage,
  type ImageChange,
  type ImageFacts,
  type Region,
} from '#libs/compression';

/** A picture of more pixels is refused before it is unpacked; the largest that providers take are far smaller. */
const MAX_PIXELS = 60_000_000;
const JPEG_QUALITY = 85;

let loading: Promise<typeof createSharp> | undefined;

/** libvips through sharp, loaded with the first image. Rejects where sharp is not installed. */
export class SharpImageCodec extends ImageCodec {
  async inspect(bytes: Uint8Array): Promise<ImageFacts> {
    const { autoOrient } = await (await open(bytes)).metadata();
    return autoOrient;
  }

  async change(bytes: Uint8Array, { region, maxSide }: ImageChange): Promise<EncodedImage> {
    const facts = await this.inspect(bytes);
    let image = (await open(bytes)).autoOrient();
    if (region !== undefined) image = image.extract(pixelsOf(region, facts));
    if (maxSide !== undefined)
      image = image.resize({ width: maxSide, height: maxSide, fit: 'inside', withoutEnlargement: true });
    const { data, info } = await encode(image, (await (await open(bytes)).metadata()).format);
    return { bytes: data, width: info.width, height: info.height, mediaType: `image/${info.format}` };
  }

  async gray(bytes: Uint8Array, maxSide: number): Promise<GrayImage> {
    const image = (await open(bytes)).autoOrient().flatten({ background: '#ffffff' });
    const { data, info } = await image
      .resize({ width: maxSide, height: maxSide, fit: 'inside', withoutEnlargement: true })
      .grayscale()
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, pixels: firstChannel(data, info.channels) };
  }
}

async function open(bytes: Uint8Array): Promise<Sharp> {
  loading ??= import('sharp').then((module) => module.default);
  const sharp = await loading.catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error' });
}

/** In its own format where every provider takes it, otherwise as PNG; moving pictures become their first frame. */
function encode(image: Sharp, format: string): ReturnType<typeof toBuffer> {
  if (format === 'jpeg') return toBuffer(image.jpeg({ quality: JPEG_QUALITY }));
  if (format === 'webp') return toBuffer(image.webp({ quality: JPEG_QUALITY }));
  return toBuffer(image.png());
}

const toBuffer = (image: Sharp) => image.toBuffer({ resolveWithObject: true });

function pixelsOf({ left, top, width, height }: Region, facts: ImageFacts) {
  const x = Math.min(Math.floor(left * facts.width), facts.width - 1);
  const y = Math.min(Math.floor(top * facts.height), facts.height - 1);
  return {
    left: x,
    top: y,
    width: Math.max(1, Math.min(Math.ceil(width * facts.width), facts.width - x)),
    height: Math.max(1, Math.min(Math.ceil(height * facts.height), facts.height - y)),
  };
}

function firstChannel(data: Uint8Array, channels: number): Uint8Array {
  if (channels === 1) return data;
  return Uint8Array.from({ length: data.length / channels }, (_, at) => data[at * channels] ?? 0);
}
