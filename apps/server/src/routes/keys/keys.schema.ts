import { z } from 'zod';
import { scopeId } from '../../http/scope.schema.js';

/** A tenant's name: it appears in logs, so it is kept plain. */
const tenant = z
  .string()
  .regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores');

export const newKeySchema = z.strictObject({
  name: z.string().trim().min(1).max(200),
  tenant: tenant.optional(),
  users: z.array(scopeId).min(1).max(1000).optional(),
  expires_at: z.iso.datetime({ offset: true }).optional(),
});
export type NewKeyBody = z.infer<typeof newKeySchema>;

export const keySchema = z.object({
  id: z.string(),
  name: z.string(),
  tenant: z.string(),
  users: z.array(z.string()).nullable(),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime().nullable(),
});
export const createdKeySchema = keySchema.extend({ key: z.string() });
export const keyListSchema = z.object({ data: z.array(keySchema), next_cursor: z.null() });

export type KeyAnswer = z.infer<typeof keySchema>;
