type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** The plain way to write an array of objects: dotted columns, constants hoisted, rows as arrays. Only to compare with. */
export function hoistTable(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (!Array.isArray(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, hoistTable(member)]));
  }
  const isTable =
    value.length > 1 &&
    value.every((item) => typeof item === 'object' && item !== null && !Array.isArray(item));
  const plain = value.map(hoistTable);
  if (!isTable) return plain;
  const rows = value.map((item) => flatten(item as { [key: string]: Json }, ''));
  const columns = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  const constants: Record<string, Json> = {};
  const varying: string[] = [];
  for (const column of columns) {
    const first = JSON.stringify(rows[0]?.get(column));
    if (rows.every((row) => row.has(column) && JSON.stringify(row.get(column)) === first))
      constants[column] = rows[0]?.get(column) ?? null;
    else varying.push(column);
  }
  const table = {
    const: constants,
    cols: varying,
    rows: rows.map((row) => varying.map((column) => row.get(column) ?? null)),
  };
  return JSON.stringify(table).length < JSON.stringify(plain).length ? table : plain;
}

function flatten(object: { [key: string]: Json }, prefix: string): Map<string, Json> {
  const row = new Map<string, Json>();
  for (const [key, value] of Object.entries(object)) {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [path, inner] of flatten(value, `${prefix}${key}.`)) row.set(path, inner);
    } else row.set(prefix + key, hoistTable(value));
  }
  return row;
}
