import type { PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { elementSpans, memberSpans } from '#libs/json-text';
import { parseJsonBody } from './json-body.js';
import { validationError } from './request-validation.js';

/** A checked JSON body beside its own text, in which number literals stand as they were sent. */
export interface ExactBody<T> {
  readonly value: T;
  readonly text: string;
}

const NOTHING = Buffer.alloc(0);

/** Reads the bytes of an `ExactJsonRoute`: `@Body(new ExactBodyPipe(schema)) body: ExactBody<Put>`. */
export class ExactBodyPipe<T> implements PipeTransform<unknown, ExactBody<T>> {
  constructor(private readonly schema: z.ZodType<T>) {}

  transform(bytes: unknown): ExactBody<T> {
    const sent = Buffer.isBuffer(bytes) ? bytes : NOTHING;
    const read = this.schema.safeParse(parseJsonBody(sent));
    if (!read.success) throw validationError(read.error.issues);
    return { value: read.data, text: sent.toString('utf8').replace(/^\uFEFF/, '') };
  }
}

/** The JSON of each message of a body, as it was sent. */
export function messageTexts(body: ExactBody<{ readonly messages: readonly unknown[] }>): string[] {
  return elementTexts(body.text, 'messages');
}

/** The JSON of each element of an object's list, as it was sent; none where there is no such list. */
export function elementTexts(text: string, name: string): string[] {
  const list = memberSpans(text).findLast(({ key }) => key === name);
  return list === undefined
    ? []
    : elementSpans(text, list.start).map(({ start, end }) => text.slice(start, end));
}
