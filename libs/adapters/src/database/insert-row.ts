import { joinSql, listOf, sql, trusted } from './sql.js';
import type { Sql, SqlValue } from './sql.js';

/** `INSERT INTO table (columns) VALUES (…), (…)`, each value bound; the names come from code. */
export function insertRows(table: string, columns: string, rows: readonly (readonly SqlValue[])[]): Sql {
  return sql`INSERT INTO ${trusted(table)} (${trusted(columns)}) VALUES ${joinSql(rows.map(listOf), ', ')}`;
}

/** The same for rows that name their columns; all of them have those of the first. */
export function insertRecords(table: string, rows: readonly Readonly<Record<string, SqlValue>>[]): Sql {
  return insertRows(table, Object.keys(rows[0] ?? {}).join(', '), rows.map(Object.values<SqlValue>));
}
