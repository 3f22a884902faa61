import { EntitySchema, EntitySchemaOptions } from 'typeorm';
import type { EntitySchemaColumnOptions, ValueTransformer } from 'typeorm';
import type { Dialect } from '../sql.js';

type Column = Readonly<Pick<EntitySchemaColumnOptions, 'type' | 'transformer' | 'primary' | 'generated'>>;

/** The kinds of column, as TypeORM must know them in one dialect. */
export interface EntityColumns {
  readonly text: Column;
  readonly integer: Column;
  readonly real: Column;
  readonly bytes: Column;
  /** Milliseconds and counts, 64 bits. */
  readonly big: Column;
  /** Handed out by the database. */
  readonly serial: Column;
}

/** Exact as numbers, whatever a driver returns them as. */
const asNumber: ValueTransformer = {
  to: (value: unknown) => value,
  from: (value: unknown) => (value === null || value === undefined ? value : Number(value)),
};

export function entityColumns(dialect: Dialect): EntityColumns {
  return {
    text: { type: 'text' },
    integer: { type: 'integer' },
    real: { type: 'double precision' },
    bytes: { type: dialect === 'postgres' ? 'bytea' : 'blob' },
    big: { type: 'bigint', transformer: asNumber },
    serial: { type: 'integer', primary: true, generated: 'increment' },
  };
}

/** Describes a table and its columns. */
export function entityOf<TableRow extends object>(
  name: string,
  columns: EntitySchemaOptions<TableRow>['columns'],
): EntitySchema<TableRow> {
  return new EntitySchema(Object.assign(new EntitySchemaOptions<TableRow>(), { name, columns }));
}
