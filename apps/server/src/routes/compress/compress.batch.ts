import type { PromptCompression } from '#libs/conversation';
import type { Caller } from '#libs/kernel';
import { faultOf } from '../../http/fault.js';
import { validationError } from '../../http/request-validation.js';
import { fromPrompt, toPromptRequest, type CompressCircumstances } from './compress.mapper.js';
import { compressBody, type CompressBatchBody } from './compress.schema.js';
import type { Wire } from '../../http/wire.js';

interface BatchRequest {
  readonly circumstances: CompressCircumstances;
  readonly signal: AbortSignal;
}

/** Compresses one prompt after the other; what is wrong with one is told in its place and spoils no other. */
export async function compressBatch(
  prompts: PromptCompression,
  caller: Caller,
  body: CompressBatchBody,
  { circumstances, signal }: BatchRequest,
): Promise<Wire> {
  const data: Wire[] = [];
  for (const [index, item] of body.requests.entries()) {
    try {
      const read = compressBody.safeParse(item);
      if (!read.success) throw validationError(read.error.issues);
      const prompt = await prompts.compress(caller, toPromptRequest(read.data, circumstances, signal));
      data.push({ index, status: 'compressed', result: fromPrompt(prompt) });
    } catch (error) {
      const { code: type, message, details } = faultOf(error);
      data.push({ index, status: 'error', error: { type, message, details } });
    }
  }
  return { data };
}
