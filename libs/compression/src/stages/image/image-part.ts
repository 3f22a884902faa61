import type { ContentPart } from '#libs/kernel';
import type { ImageDetail } from '#libs/tokens';

/** Whose shape an image part has; it also tells who bills it, where the model's name does not. */
export type ImageShape = 'openai' | 'anthropic' | 'google';

/** An image carried inside a message, whatever its provider's shape. */
export interface InlineImage {
  readonly shape: ImageShape;
  readonly mediaType: string;
  readonly base64: string;
  /** OpenAI's `detail`, where the client set one. */
  readonly detail?: ImageDetail | undefined;
}

const DETAILS: readonly ImageDetail[] = ['low', 'high', 'auto'];

interface DataUrl {
  readonly mediaType: string;
  readonly base64: string;
}

/** The image of a part; undefined for other parts, and for images that are only linked. */
export function inlineImageOf(part: ContentPart): InlineImage | undefined {
  switch (part.type) {
    case 'image_url':
      return openAiImage(recordOf(part['image_url']), part['image_url']);
    case 'input_image':
      return openAiImage(part, part['image_url']);
    case 'image':
      return anthropicImage(recordOf(part['source']));
    default:
      return googleImage(recordOf(part['inline_data'] ?? part['inlineData']));
  }
}

/** The part with another picture, everything else as it was sent. */
export function withImage(part: ContentPart, image: DataUrl): ContentPart {
  const url = `data:${image.mediaType};base64,${image.base64}`;
  switch (part.type) {
    case 'image_url':
      return {
        ...part,
        image_url: typeof part['image_url'] === 'string' ? url : { ...recordOf(part['image_url']), url },
      };
    case 'input_image':
      return { ...part, image_url: url };
    case 'image':
      return {
        ...part,
        source: { ...recordOf(part['source']), media_type: image.mediaType, data: image.base64 },
      };
    default:
      return withGoogleImage(part, image);
  }
}

/** The part with OpenAI's `detail` set. */
export function withDetail(part: ContentPart, detail: ImageDetail): ContentPart {
  if (part.type === 'input_image') return { ...part, detail };
  const url = part['image_url'];
  return { ...part, image_url: typeof url === 'string' ? { url, detail } : { ...recordOf(url), detail } };
}

function openAiImage(holder: Readonly<Record<string, unknown>>, value: unknown): InlineImage | undefined {
  const url = typeof value === 'string' ? value : holder['url'];
  const data = typeof url === 'string' ? parseDataUrl(url) : undefined;
  const detail = holder['detail'];
  return data && { shape: 'openai', ...data, detail: DETAILS.find((known) => known === detail) };
}

function anthropicImage(source: Readonly<Record<string, unknown>>): InlineImage | undefined {
  const { type, media_type: mediaType, data } = source;
  if (type !== 'base64' || typeof mediaType !== 'string' || typeof data !== 'string') return undefined;
  return { shape: 'anthropic', mediaType, base64: data };
}

function googleImage(blob: Readonly<Record<string, unknown>>): InlineImage | undefined {
  const mediaType = blob['mime_type'] ?? blob['mimeType'];
  const data = blob['data'];
  if (typeof mediaType !== 'string' || !mediaType.startsWith('image/') || typeof data !== 'string')
    return undefined;
  return { shape: 'google', mediaType, base64: data };
}

function withGoogleImage(part: ContentPart, { mediaType, base64 }: DataUrl): ContentPart {
  const key = 'inline_data' in part ? 'inline_data' : 'inlineData';
  const blob = recordOf(part[key]);
  const typeKey = 'mime_type' in blob ? 'mime_type' : 'mimeType';
  return { ...part, [key]: { ...blob, [typeKey]: mediaType, data: base64 } };
}

const HEADER_CHARACTERS = 100;

function parseDataUrl(url: string): DataUrl | undefined {
  const header = /^data:(image\/[a-z0-9.+-]{1,40});base64,/i.exec(url.slice(0, HEADER_CHARACTERS));
  const mediaType = header?.[1];
  if (header === null || mediaType === undefined) return undefined;
  return { mediaType: mediaType.toLowerCase(), base64: url.slice(header[0].length) };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
