/** Pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** Headers of PNG, GIF and WebP end here. */
const HEADER_BYTES = 32;
/** A JPEG tells its size after its metadata, which may hold a small picture. */
const JPEG_BYTES = 196_608;

/**
 * The size that a PNG, JPEG, GIF or WebP image says it has, read from the beginning of its base64 text or data URL;
 * undefined for anything else. Nothing is decoded but the header.
 */
export function imageSize(source: string): ImageSize | undefined {
  const start = source.startsWith('data:') ? source.indexOf(',') + 1 : 0;
  if (source.startsWith('data:') && (start === 0 || !source.slice(0, start).endsWith(';base64,')))
    return undefined;
  const header = bytesOf(source, start, HEADER_BYTES);
  const size = pngSize(header) ?? gifSize(header) ?? webpSize(header);
  if (size === undefined && isJpeg(header)) return sane(jpegSize(bytesOf(source, start, JPEG_BYTES)));
  return sane(size);
}

function bytesOf(source: string, start: number, count: number): Buffer {
  return Buffer.from(source.slice(start, start + Math.ceil((count * 4) / 3)), 'base64');
}

function sane(size: ImageSize | undefined): ImageSize | undefined {
  return size !== undefined && size.width > 0 && size.height > 0 ? size : undefined;
}

const PNG = 'PNG\r\n\x1a\n\0\0\0\rIHDR';

function pngSize(bytes: Buffer): ImageSize | undefined {
  if (bytes.length < 24 || bytes.toString('latin1', 1, 16) !== PNG) return undefined;
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

function gifSize(bytes: Buffer): ImageSize | undefined {
  if (bytes.length < 10 || !['GIF87a', 'GIF89a'].includes(bytes.toString('latin1', 0, 6))) return undefined;
  return { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
}

function webpSize(bytes: Buffer): ImageSize | undefined {
  if (bytes.length < 30 || bytes.toString('latin1', 0, 4) !== 'RIFF') return undefined;
  switch (bytes.toString('latin1', 8, 16)) {
    case 'WEBPVP8 ':
      return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
    case 'WEBPVP8L': {
      const bits = bytes.readUInt32LE(21);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 'WEBPVP8X':
      return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
    default:
      return undefined;
  }
}

function isJpeg(bytes: Buffer): boolean {
  return bytes.length > 3 && bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

/** Walks the segments to the start of a frame (ISO/IEC 10918-1, table B.1). */
function jpegSize(bytes: Buffer): ImageSize | undefined {
  let at = 2;
  while (at + 9 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
    // A marker may be padded with any number of 0xff.
    if (marker === 0xff) at++;
    else at += 2 + Math.max(bytes.readUInt16BE(at + 2), 2);
  }
  return undefined;
}
