/** What both drivers can bind. Instants are bound as milliseconds, flags as 0 and 1. */
export type SqlValue = string | number | bigint | Buffer | null;

export type Dialect = 'sqlite' | 'postgres';

/** A statement whose values are always bound, never written into its text. Made by the tag {@link sql}. */
export class Sql {
  constructor(
    readonly texts: readonly string[],
    readonly values: readonly SqlValue[],
  ) {}

  /** The text with the dialect's placeholders: `?` for SQLite, `$1`, `$2`, … for PostgreSQL. */
  textFor(dialect: Dialect): string {
    return this.texts.reduce((text, next, index) =>
      dialect === 'sqlite' ? `${text}?${next}` : `${text}$${index}${next}`,
    );
  }
}

/**
 * Writes a statement: sql`SELECT id FROM memories WHERE user_id = ${userId} AND ${condition}`. A value becomes a bound
 * parameter (undefined binds NULL); a nested {@link Sql} becomes part of the text.
 */
export function sql(strings: TemplateStringsArray, ...values: readonly (SqlValue | undefined | Sql)[]): Sql {
  const texts: string[] = [strings[0] ?? ''];
  const bound: SqlValue[] = [];
  const append = (text: string) => {
    texts.push((texts.pop() ?? '') + text);
  };
  values.forEach((value, index) => {
    if (value instanceof Sql) {
      append(value.texts[0] ?? '');
      texts.push(...value.texts.slice(1));
      bound.push(...value.values);
    } else {
      texts.push('');
      bound.push(value ?? null);
    }
    append(strings[index + 1] ?? '');
  });
  return new Sql(texts, bound);
}

/** Trusted text that a tag cannot bind, such as a column's name. Never give it anything that came from outside. */
export function trusted(text: string): Sql {
  return new Sql([text], []);
}

export function joinSql(parts: readonly Sql[], separator: string): Sql {
  const texts: string[] = [''];
  const values: SqlValue[] = [];
  parts.forEach((part, index) => {
    const [start = '', ...rest] = part.texts;
    texts.push(`${texts.pop() ?? ''}${index === 0 ? '' : separator}${start}`, ...rest);
    values.push(...part.values);
  });
  return new Sql(texts, values);
}

/** All conditions hold; none given is always true. */
export function allOf(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? trusted('1 = 1') : sql`(${joinSql(conditions, ' AND ')})`;
}

/** At least one condition holds; none given is never true. */
export function anyOf(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? trusted('1 = 0') : sql`(${joinSql(conditions, ' OR ')})`;
}

/** `(a, b, c)` with each value bound; an empty list matches nothing. */
export function listOf(values: readonly SqlValue[]): Sql {
  const texts = ['(', ...values.slice(1).map(() => ', '), ')'];
  return values.length === 0 ? trusted('(NULL)') : new Sql(texts, values);
}

/** Keeps the rows of a SELECT from changing before the unit ends; SQLite, where units take turns, has no such locks. */
export function rowLocks(dialect: Dialect): Sql {
  return trusted(dialect === 'postgres' ? 'FOR UPDATE' : '');
}
