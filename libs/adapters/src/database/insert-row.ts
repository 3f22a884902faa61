import { Sql, sql, trusted } from './sql.js';
import type { Dialect, SqlValue } from './sql.js';
import { partsOf } from './statement-sizes.js';

const ROWS_AS_JSON = 1_024;

/**
 * `INSERT INTO table (columns) …` of rows, each value bound; the names come from code. On PostgreSQL several rows are
 * bound as one value, which it reads much faster than a place for each of theirs.
 */
export function insertRows(
  dialect: Dialect,
  table: string,
  columns: string,
  rows: readonly (readonly SqlValue[])[],
): Sql {
  return dialect === 'postgres' && rows.length > 1
    ? insertAsJson(table, columns, rows)
    : insertEach(table, columns, rows);
}

/** The same for rows that name their columns; all of them have those of the first. */
export function insertRecords(
  dialect: Dialect,
  table: string,
  rows: readonly Readonly<Record<string, SqlValue>>[],
): Sql {
  return insertRows(dialect, table, Object.keys(rows[0] ?? {}).join(', '), rows.map(Object.values<SqlValue>));
}

/** Rows as statements insert them together. @param most of them SQLite has places for, a power of two. */
export function partsToInsert<T>(dialect: Dialect, rows: readonly T[], most: number): Iterable<readonly T[]> {
  return dialect === 'postgres' ? chunksOf(rows, ROWS_AS_JSON) : partsOf(rows, most);
}

function* chunksOf<T>(rows: readonly T[], size: number): Iterable<readonly T[]> {
  for (let start = 0; start < rows.length; start += size) yield rows.slice(start, start + size);
}

function insertEach(table: string, columns: string, rows: readonly (readonly SqlValue[])[]): Sql {
  // Put together in one go: joining part by part copies all that stands before, again for every row.
  const texts = rows.flatMap((row, i) => [
    i === 0 ? `INSERT INTO ${table} (${columns}) VALUES (` : '), (',
    ...row.slice(1).map(() => ', '),
  ]);
  return new Sql([...texts, ')'], rows.flat());
}

/** The table itself says which types its columns have. */
function insertAsJson(table: string, columns: string, rows: readonly (readonly SqlValue[])[]): Sql {
  const names = columns.split(',').map((name) => name.trim());
  const records = rows.map((row) =>
    Object.fromEntries(names.map((name, i) => [name, asJson(row[i] ?? null)])),
  );
  return sql`INSERT INTO ${trusted(table)} (${trusted(columns)}) SELECT ${trusted(columns)}
    FROM json_populate_recordset(CAST(NULL AS ${trusted(table)}), CAST(${JSON.stringify(records)} AS JSON))`;
}

/** As PostgreSQL reads it into any type: bytes by their digits, whole numbers of any size, text without lone surrogates. */
function asJson(value: SqlValue): string | number | null {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'bigint') return String(value);
  return Buffer.isBuffer(value) ? `\\x${value.toString('hex')}` : value;
}
