/** One result row, its columns by name. */
export type Row = Readonly<Record<string, unknown>>;

/** Readers that check what a driver returned, so that mappers hand on typed values alone. */
export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value === 'string') return value;
  throw wrongType(column, 'text');
}

export function optionalText(row: Row, column: string): string | undefined {
  return isNull(row, column) ? undefined : text(row, column);
}

export function numeric(row: Row, column: string): number {
  const value = row[column];
  if (typeof value === 'number') return value;
  // Sums of 64-bit columns are numeric on PostgreSQL, which its driver returns as text.
  if (typeof value === 'string' && value !== '') return Number(value);
  if (typeof value === 'bigint') return Number(value);
  throw wrongType(column, 'number');
}

/** Instants are stored as milliseconds since the epoch. */
export function instant(row: Row, column: string): Date {
  return new Date(numeric(row, column));
}

export function optionalInstant(row: Row, column: string): Date | undefined {
  return isNull(row, column) ? undefined : instant(row, column);
}

export function bytes(row: Row, column: string): Buffer {
  const value = row[column];
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  throw wrongType(column, 'bytes');
}

/** A column of JSON text, parsed; the mapper names the type that it wrote. */
export function json(row: Row, column: string): unknown {
  return JSON.parse(text(row, column)) as unknown;
}

export function isNull(row: Row, column: string): boolean {
  return row[column] === null || row[column] === undefined;
}

function wrongType(column: string, expected: string): TypeError {
  return new TypeError(`Column ${column} does not hold ${expected}.`);
}

/** One text of many numbers crosses from the database much faster than as many rows. */
export function numbersIn(list: string): number[] {
  return list === '' ? [] : list.split(',').map(Number);
}
