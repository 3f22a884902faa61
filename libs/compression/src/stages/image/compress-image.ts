import type { ContentPart } from '#libs/kernel';
import { imageTokens, type Provider } from '#libs/tokens';
import type { CompressionReason } from '../../contract.js';
import { chooseTechnique, type ImageTechnique } from './choose-technique.js';
import type { EncodedImage, ImageChange, ImageCodec, ImageFacts } from './image-codec.js';
import { inlineImageOf, withDetail, withImage, type ImageShape, type InlineImage } from './image-part.js';
import { looksLikeText, TEXT_SAMPLE_SIDE } from './looks-like-text.js';
import { regionOf } from './region-of.js';
import type { TechniqueRouter } from './technique-router.js';

/** Sides of the documented small forms, in pixels. */
const SMALL_SIDE: Readonly<Record<ImageShape, number>> = { openai: 512, anthropic: 512, google: 768 };
const BILLED: Readonly<Record<ImageShape, Provider>> = {
  openai: 'openai',
  anthropic: 'anthropic',
  google: 'google',
};

export interface ImageContext {
  readonly codec: ImageCodec;
  readonly router?: TechniqueRouter | undefined;
  /** What the image was sent with, or what was last asked. */
  readonly question: string;
  /** Who bills the image; undefined where the model's name does not tell. */
  readonly provider?: Provider | undefined;
}

export interface ImageOutput {
  readonly part: ContentPart;
  readonly technique: ImageTechnique;
  readonly tokensBefore: number;
  readonly tokensAfter: number;
  /** False where the picture itself went unchanged. */
  readonly isRewritten: boolean;
}

/**
 * An image at the detail that the question needs (`full_low`, `crop`); undefined for parts without an image.
 * @returns `preserved_detail` when all of it is needed, `not_smaller`, or `failed` for what cannot be read.
 */
export async function compressImage(
  part: ContentPart,
  context: ImageContext,
): Promise<ImageOutput | CompressionReason | undefined> {
  const image = inlineImageOf(part);
  if (image === undefined) return undefined;
  const technique = await techniqueOf(context);
  // Without a reader of text the text has to stay in the picture, and a client that asked for detail gets it.
  if (technique === 'preserve' || technique === 'transcode' || image.detail === 'high')
    return 'preserved_detail';
  try {
    return await applied(technique, part, image, context);
  } catch {
    return 'failed';
  }
}

async function techniqueOf({ router, question }: ImageContext): Promise<ImageTechnique> {
  // A classifier that cannot be loaded must not cost the image its compression: the rules are always there.
  const routed = await router?.route(question).catch(() => undefined);
  return routed ?? chooseTechnique(question);
}

async function applied(
  technique: 'full_low' | 'crop',
  part: ContentPart,
  image: InlineImage,
  { codec, question, provider }: ImageContext,
): Promise<ImageOutput | CompressionReason> {
  const bytes = Buffer.from(image.base64, 'base64');
  const facts = await codec.inspect(bytes);
  const count = ({ width, height }: ImageFacts, detail = image.detail): number =>
    imageTokens(billedBy(image, provider), width, height, detail);
  const tokensBefore = count(facts);
  if (technique === 'crop') {
    const cropped = await codec.change(bytes, { region: regionOf(question) });
    return smaller({ part: withBytes(part, cropped), technique, tokensBefore, tokensAfter: count(cropped) });
  }
  if (looksLikeText(await codec.gray(bytes, TEXT_SAMPLE_SIDE))) return 'preserved_detail';
  if (image.shape === 'openai' && billedBy(image, provider) === 'openai') {
    const low = { part: withDetail(part, 'low'), technique, tokensBefore, tokensAfter: count(facts, 'low') };
    return smaller(low, false);
  }
  const change: ImageChange = { maxSide: SMALL_SIDE[shapeOf(billedBy(image, provider), image)] };
  const small = await codec.change(bytes, change);
  return smaller({ part: withBytes(part, small), technique, tokensBefore, tokensAfter: count(small) });
}

function smaller(output: Omit<ImageOutput, 'isRewritten'>, isRewritten = true): ImageOutput | 'not_smaller' {
  return output.tokensAfter < output.tokensBefore ? { ...output, isRewritten } : 'not_smaller';
}

/** A model that is named bills by its own rule, whatever shape its client speaks. */
function billedBy({ shape }: InlineImage, provider: Provider | undefined): Provider {
  return provider === undefined || provider === 'unknown' ? BILLED[shape] : provider;
}

function shapeOf(provider: Provider, { shape }: InlineImage): ImageShape {
  return provider === 'unknown' ? shape : provider;
}

function withBytes(part: ContentPart, { bytes, mediaType }: EncodedImage): ContentPart {
  return withImage(part, { mediaType, base64: Buffer.from(bytes).toString('base64') });
}
