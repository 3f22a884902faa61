import { z } from 'zod';

const PATTERNS_MAX = 1000;

export const patternsQuery = z.looseObject({
  limit: z.coerce.number().int().min(1).max(PATTERNS_MAX).default(20),
});
export type PatternsQuery = z.infer<typeof patternsQuery>;
