import { z } from 'zod';
import type { Page } from '#libs/kernel';

export const PAGE_LIMIT_MAX = 200;
export const PAGE_LIMIT_DEFAULT = 50;

/** The query parameters of every list: spread into a resource's own strict object. */
export const pageFields = {
  limit: z.coerce.number().int().min(1).max(PAGE_LIMIT_MAX).default(PAGE_LIMIT_DEFAULT),
  cursor: z.string().min(1).optional(),
};

/** The answer of every list. */
export function pageSchema(item: z.ZodType): z.ZodType {
  return z.object({ data: z.array(item), next_cursor: z.string().nullable() });
}

export interface PageOnTheWire<T> {
  readonly data: readonly T[];
  readonly next_cursor: string | null;
}

export function toPage<T, W>(page: Page<T>, toWire: (item: T) => W): PageOnTheWire<W> {
  return { data: page.data.map(toWire), next_cursor: page.nextCursor };
}
