import { joinSql, listOf, sql } from './sql.js';
import type { Dialect, Sql } from './sql.js';

/** A table `x (seq)` of whole numbers, bound as one value: the statement's text is the same for any count of them. */
export function numberTable(dialect: Dialect, numbers: readonly number[]): Sql {
  return dialect === 'sqlite'
    ? sql`(SELECT value AS seq FROM json_each(${`[${numbers.join(',')}]`})) AS x`
    : sql`unnest(CAST(${`{${numbers.join(',')}}`} AS BIGINT[])) AS x (seq)`;
}

/** A table `x (column1, column2)` of two texts a row; on PostgreSQL it is bound as one value too. */
export function pairTable(dialect: Dialect, pairs: readonly (readonly [string, string])[]): Sql {
  return dialect === 'sqlite'
    ? sql`(VALUES ${joinSql(pairs.map(listOf), ', ')}) AS x`
    : sql`json_to_recordset(CAST(${JSON.stringify(pairs.map(([column1, column2]) => ({ column1, column2 })))} AS JSON))
        AS x (column1 TEXT, column2 TEXT)`;
}
