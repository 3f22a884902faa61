import type { PromptCompression } from '#libs/conversation';
import type { Caller } from '#libs/kernel';
import { exactJson, type Answer } from '../../http/answer.js';
import { elementTexts, type ExactBody } from '../../http/exact-body.js';
import { faultOf } from '../../http/fault.js';
import { validationError } from '../../http/request-validation.js';
import { fromPromptAt, toPromptRequest, type CompressCircumstances } from './compress.mapper.js';
import { compressBody, type CompressBatchBody } from './compress.schema.js';

interface BatchRequest {
  readonly circumstances: CompressCircumstances;
  readonly signal: AbortSignal;
}

/** Compresses one prompt after the other; what is wrong with one is told in its place and spoils no other. */
export async function compressBatch(
  prompts: PromptCompression,
  caller: Caller,
  { value, text }: ExactBody<CompressBatchBody>,
  { circumstances, signal }: BatchRequest,
): Promise<Answer<string>> {
  const texts = elementTexts(text, 'requests');
  const data: string[] = [];
  for (const [index, item] of value.requests.entries()) {
    try {
      const read = compressBody.safeParse(item);
      if (!read.success) throw validationError(read.error.issues);
      const sent = { value: read.data, text: texts[index] ?? '{}' };
      const prompt = await prompts.compress(caller, toPromptRequest(sent, circumstances, signal));
      data.push(fromPromptAt(index, prompt));
    } catch (error) {
      const { code: type, message, details } = faultOf(error);
      data.push(JSON.stringify({ index, status: 'error', error: { type, message, details } }));
    }
  }
  return exactJson({ data }, {});
}
