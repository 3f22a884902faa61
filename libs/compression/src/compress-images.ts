import { hashOriginal, type Original } from '#libs/ccr';
import { type ContentPart, lastUserText, type Message } from '#libs/kernel';
import type { CompressionReason } from './contract.js';
import type { MessageResult } from './message-cache.js';
import { imagePartsOf, replaceImageParts } from './message-images.js';
import { compressImage, type ImageContext, type ImageOutput } from './stages/image/compress-image.js';
import type { Turn } from './turn.js';

type ImageResult = ImageOutput | CompressionReason | undefined;

/** The result of a message's texts with its images compressed as well. */
export async function withImages(
  turn: Turn,
  message: Message,
  index: number,
  result: MessageResult,
): Promise<MessageResult> {
  const parts = imagePartsOf(message);
  if (parts.length === 0) return result;
  const results = await compressParts(turn, message, index, parts);
  const outputs = results.filter((output): output is ImageOutput => typeof output === 'object');
  if (outputs.length === 0) return unchanged(result, results);
  let next = 0;
  const replacement = replaceImageParts(result.replacement ?? message, (part) => {
    const output = results[next++];
    return typeof output === 'object' ? output.part : part;
  });
  const names = outputs.map(({ technique, tokensBefore, tokensAfter }) => {
    return `router:image_${technique}:${(tokensAfter / tokensBefore).toFixed(2)}`;
  });
  return {
    replacement,
    report: {
      ...result.report,
      reason: 'compressed',
      contentType: result.report.contentType ?? 'image',
      transforms: [...new Set([...result.report.transforms, ...names])],
      tokensAfter: turn.counter.countMessage(replacement),
    },
    originals: [...result.originals, ...originalsOf(parts, results)],
  };
}

async function compressParts(
  turn: Turn,
  message: Message,
  index: number,
  parts: readonly ContentPart[],
): Promise<ImageResult[]> {
  const { images: codec, techniqueRouter: router } = turn.tools;
  if (!turn.config.image.enabled) return parts.map(() => 'disabled');
  if (turn.config.mode === 'lossless') return parts.map(() => 'preserved_detail');
  if (codec === undefined) return parts.map(() => 'tool_missing');
  const question = lastUserText([message]) || turn.queryAt(index);
  const context: ImageContext = { codec, router, question, provider: turn.provider };
  const results: ImageResult[] = [];
  for (const part of parts) results.push(turn.isLate() ? 'deadline' : await compressImage(part, context));
  return results;
}

/** The images say why, where no text had anything to say. */
function unchanged(result: MessageResult, results: readonly ImageResult[]): MessageResult {
  const reason = results.find((each) => typeof each === 'string');
  if (reason === undefined || result.report.reason !== 'protected_role') return result;
  return { ...result, report: { ...result.report, reason, contentType: 'image' } };
}

/** A picture that was drawn anew is kept as it came; one that is only to be looked at less closely is still there. */
function originalsOf(
  parts: readonly ContentPart[],
  results: readonly ImageResult[],
): Omit<Original, 'userId'>[] {
  return results.flatMap((output, at) => {
    if (typeof output !== 'object' || !output.isRewritten) return [];
    const content = JSON.stringify(parts[at]);
    return [
      {
        hash: hashOriginal(content),
        content,
        originalTokens: output.tokensBefore,
        compressedTokens: output.tokensAfter,
        originalItemCount: 1,
        compressedItemCount: 1,
      },
    ];
  });
}
