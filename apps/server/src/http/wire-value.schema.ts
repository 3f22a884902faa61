import { z } from 'zod';
import type { JsonObject } from '#libs/kernel';

/** RFC 3339 with an offset. */
export const time = z.iso.datetime({ offset: true });

/** A JSON object, taken as it is: its keys keep their order and none is special. */
export const jsonObject = z
  .unknown()
  .refine(isObject, 'must be an object')
  .meta({ type: 'object' }) as unknown as z.ZodType<JsonObject>;

/** A number in a query string, where an empty text is none: `Number('')` would be 0. */
export function queryNumber<T extends z.ZodType>(number: T): z.ZodPreprocess<T> {
  return z.preprocess((text) => (text === '' ? Number.NaN : text), number);
}

/** `true` or `false` in a query string. */
export const queryFlag = z.enum(['true', 'false']);

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function toDate(wire: string): Date;
export function toDate(wire: string | undefined): Date | undefined;
export function toDate(wire: string | undefined): Date | undefined {
  return wire === undefined ? undefined : new Date(wire);
}

/** RFC 3339 in UTC with milliseconds. */
export function fromDate(date: Date): string;
export function fromDate(date: Date | undefined): string | null;
export function fromDate(date: Date | undefined): string | null {
  return date === undefined ? null : date.toISOString();
}

export function toFlag(wire: 'true' | 'false' | undefined): boolean | undefined {
  return wire === undefined ? undefined : wire === 'true';
}
