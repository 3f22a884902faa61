import { Sql } from './sql.js';
import type { SqlValue } from './sql.js';

/** `INSERT INTO table (columns) VALUES (…), (…)`, each value bound; the names come from code. */
export function insertRows(table: string, columns: string, rows: readonly (readonly SqlValue[])[]): Sql {
  // Put together in one go: joining part by part copies all that stands before, again for every row.
  const texts = rows.flatMap((row, i) => [
    i === 0 ? `INSERT INTO ${table} (${columns}) VALUES (` : '), (',
    ...row.slice(1).map(() => ', '),
  ]);
  return new Sql([...texts, ')'], rows.flat());
}

/** The same for rows that name their columns; all of them have those of the first. */
export function insertRecords(table: string, rows: readonly Readonly<Record<string, SqlValue>>[]): Sql {
  return insertRows(table, Object.keys(rows[0] ?? {}).join(', '), rows.map(Object.values<SqlValue>));
}
