import { joinSql, listOf, sql, trusted } from './sql.js';
import type { Sql, SqlValue } from './sql.js';

/** `INSERT INTO table (columns) VALUES (values)`, each value bound; the names come from code. */
export function insertRow(table: string, row: Readonly<Record<string, SqlValue>>): Sql {
  return sql`INSERT INTO ${trusted(table)} (${trusted(Object.keys(row).join(', '))}) VALUES ${listOf(Object.values(row))}`;
}

/** The same for several rows with the same columns. */
export function insertRows(table: string, columns: string, rows: readonly (readonly SqlValue[])[]): Sql {
  return sql`INSERT INTO ${trusted(table)} (${trusted(columns)}) VALUES ${joinSql(rows.map(listOf), ', ')}`;
}
