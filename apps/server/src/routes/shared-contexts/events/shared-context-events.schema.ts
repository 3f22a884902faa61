import { z } from 'zod';

/** The `data` of an event. */
export const eventData = z
  .object({
    context: z.string(),
    key: z.string().optional(),
    version: z.number().int().optional(),
    handoff_id: z.string().optional(),
    agent: z.string().optional(),
    at: z.iso.datetime(),
  })
  .meta({ id: 'SharedContextEvent' });
