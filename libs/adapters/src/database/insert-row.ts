import { listOf, Sql, sql, trusted } from './sql.js';
import type { SqlValue } from './sql.js';

/** `INSERT INTO table (columns) VALUES (values)`, each value bound; the names come from code. */
export function insertRow(table: string, row: Readonly<Record<string, SqlValue>>): Sql {
  return sql`INSERT INTO ${trusted(table)} (${trusted(Object.keys(row).join(', '))}) VALUES ${listOf(Object.values(row))}`;
}

/** The same for several rows with the same columns. */
export function insertRows(table: string, columns: string, rows: readonly (readonly SqlValue[])[]): Sql {
  // Put together in one go: joining part by part copies all that stands before, again for every row.
  const texts = rows.flatMap((row, i) => [
    i === 0 ? `INSERT INTO ${table} (${columns}) VALUES (` : '), (',
    ...row.slice(1).map(() => ', '),
  ]);
  return new Sql([...texts, ')'], rows.flat());
}
