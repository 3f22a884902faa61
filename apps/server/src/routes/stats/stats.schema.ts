import { z } from 'zod';

export const statsQuery = z.object({ cached: z.string().optional() });

export const statsHistoryQuery = z.object({
  format: z.enum(['json', 'csv']).default('json'),
  series: z.enum(['history', 'hourly', 'daily', 'weekly', 'monthly']).default('history'),
  history_mode: z.enum(['compact', 'full', 'none']).default('compact'),
});
export type StatsHistoryQuery = z.infer<typeof statsHistoryQuery>;
