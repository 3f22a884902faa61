import { sql } from './sql.js';
import type { Dialect, Sql } from './sql.js';

/** A table `x (seq)` of whole numbers, bound as one value: the statement's text is the same for any count of them. */
export function numberTable(dialect: Dialect, numbers: readonly number[]): Sql {
  return dialect === 'sqlite'
    ? sql`(SELECT value AS seq FROM json_each(${`[${numbers.join(',')}]`})) AS x`
    : sql`unnest(CAST(${`{${numbers.join(',')}}`} AS BIGINT[])) AS x (seq)`;
}
