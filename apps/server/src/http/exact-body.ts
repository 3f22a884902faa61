import type { PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { elementSpans, memberSpans } from '#libs/json-text';
import { HeadroomError } from '#libs/kernel';
import { parseJsonBody } from './json-body.js';
import { validationError } from './request-validation.js';

/** A checked JSON body beside its own text, in which number literals stand as they were sent. */
export interface ExactBody<T> {
  readonly value: T;
  readonly text: string;
}

/** Reads the bytes of an `ExactJsonRoute`: `@Body(new ExactBodyPipe(schema)) body: ExactBody<Put>`. */
export class ExactBodyPipe<T> implements PipeTransform<unknown, ExactBody<T>> {
  constructor(private readonly schema: z.ZodType<T>) {}

  transform(bytes: unknown): ExactBody<T> {
    if (!Buffer.isBuffer(bytes)) throw new HeadroomError('validation_error', 'A JSON body is needed.');
    const read = this.schema.safeParse(parseJsonBody(bytes));
    if (!read.success) throw validationError(read.error.issues);
    return { value: read.data, text: bytes.toString('utf8').replace(/^\uFEFF/, '') };
  }
}

/** The JSON of each message of a body, as it was sent. */
export function messageTexts({ text }: ExactBody<{ readonly messages: readonly unknown[] }>): string[] {
  const messages = memberSpans(text).findLast(({ key }) => key === 'messages');
  if (messages === undefined) return [];
  return elementSpans(text, messages.start).map(({ start, end }) => text.slice(start, end));
}
