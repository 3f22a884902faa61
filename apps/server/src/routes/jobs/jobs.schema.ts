import { z } from 'zod';

export const failedJobSchema = z.object({
  id: z.string(),
  name: z.string(),
  attempts: z.int(),
  error: z.string(),
  failed_at: z.iso.datetime(),
});
export const failedJobListSchema = z.object({ data: z.array(failedJobSchema), next_cursor: z.null() });
export const retriedJobSchema = z.object({ id: z.string(), status: z.literal('queued') });

export type FailedJobAnswer = z.infer<typeof failedJobSchema>;
export type RetriedJobAnswer = z.infer<typeof retriedJobSchema>;
