import { sql, trusted } from '../sql.js';
import type { Dialect, Sql } from '../sql.js';

/** One member or item of stored JSON: its JSON type and its value as that type. */
export interface JsonEntry {
  readonly type: Sql;
  readonly text: Sql;
  readonly number: Sql;
  /** `true` or `false` as text. */
  readonly truth: Sql;
  readonly value: Sql;
}

/** How a dialect looks into JSON columns of the table alias `m`. */
export interface JsonFunctions {
  readonly entities: Sql;
  readonly metadata: Sql;
  /** The entry as a list; an empty one when it is none. */
  readonly listIn: (entry: JsonEntry) => Sql;
  readonly someItem: (list: Sql, test: (item: JsonEntry) => Sql) => Sql;
  readonly someMember: (object: Sql, key: string, test: (member: JsonEntry) => Sql) => Sql;
  readonly contains: (text: Sql, part: string | number) => Sql;
}

export function jsonFunctions(dialect: Dialect): JsonFunctions {
  return dialect === 'sqlite' ? SQLITE : POSTGRES;
}

const sqliteEntry = (alias: string): JsonEntry => ({
  type: trusted(`CASE ${alias}.type WHEN 'text' THEN 'string' WHEN 'integer' THEN 'number' WHEN 'real' THEN 'number'
    WHEN 'true' THEN 'boolean' WHEN 'false' THEN 'boolean' ELSE ${alias}.type END`),
  text: trusted(`${alias}.value`),
  number: trusted(`${alias}.value`),
  truth: trusted(`${alias}.type`),
  value: trusted(`${alias}.value`),
});

const SQLITE: JsonFunctions = {
  entities: trusted(
    `CASE WHEN m.searchable IS NULL THEN m.entities ELSE json_extract(m.searchable, '$.entities') END`,
  ),
  metadata: trusted(
    `CASE WHEN m.searchable IS NULL THEN m.metadata ELSE json_extract(m.searchable, '$.metadata') END`,
  ),
  listIn: (entry) => sql`CASE WHEN ${entry.type} = 'array' THEN ${entry.value} ELSE '[]' END`,
  someItem: (list, test) =>
    sql`EXISTS (SELECT 1 FROM json_each(${list}) AS item WHERE ${test(sqliteEntry('item'))})`,
  someMember: (object, key, test) =>
    sql`EXISTS (SELECT 1 FROM json_each(${object}) AS member WHERE member.key = ${key} AND ${test(sqliteEntry('member'))})`,
  contains: (text, part) => sql`instr(${text}, ${part}) > 0`,
};

const postgresEntry = (alias: string): JsonEntry => {
  const text = `(${alias}.value #>> '{}')`;
  return {
    type: trusted(`jsonb_typeof(${alias}.value)`),
    text: trusted(`${text} COLLATE "C"`),
    // Cast only where it is a number: the order in which AND is evaluated is not promised.
    number: trusted(`CASE WHEN jsonb_typeof(${alias}.value) = 'number' THEN ${text}::double precision END`),
    truth: trusted(text),
    value: trusted(`${alias}.value`),
  };
};

const POSTGRES: JsonFunctions = {
  entities: trusted(
    `CASE WHEN m.searchable IS NULL THEN m.entities::jsonb ELSE m.searchable::jsonb -> 'entities' END`,
  ),
  metadata: trusted(
    `CASE WHEN m.searchable IS NULL THEN m.metadata::jsonb ELSE m.searchable::jsonb -> 'metadata' END`,
  ),
  listIn: (entry) => sql`CASE WHEN ${entry.type} = 'array' THEN ${entry.value} ELSE '[]'::jsonb END`,
  someItem: (list, test) =>
    sql`EXISTS (SELECT 1 FROM jsonb_array_elements(${list}) AS item (value) WHERE ${test(postgresEntry('item'))})`,
  someMember: (object, key, test) =>
    sql`EXISTS (SELECT 1 FROM jsonb_each(${object}) AS member WHERE member.key = ${key} AND ${test(postgresEntry('member'))})`,
  contains: (text, part) => sql`strpos(${text}, ${part}) > 0`,
};
