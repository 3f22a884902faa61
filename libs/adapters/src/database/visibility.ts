import type { Caller } from '#libs/kernel';
import { listOf, type Sql, sql, trusted } from './sql.js';

/** What a caller may see of rows whose `user_id` is NULL where they belong to nobody. */
export function visibleTo(caller: Caller): Sql {
  if (caller.users === null) return trusted('1 = 1');
  return sql`(user_id IS NULL OR user_id IN ${listOf(caller.users)})`;
}

/** The same where `user_id` is part of a key and nobody is the empty string. */
export const NOBODY = '';

export function visibleOwners(caller: Caller): Sql {
  if (caller.users === null) return trusted('1 = 1');
  return sql`user_id IN ${listOf([NOBODY, ...caller.users])}`;
}
