const ESCAPED_DOT = String.raw`\u002e`;
const ESCAPED_SIGNS: Readonly<Record<string, string>> = { '?': String.raw`\u003f`, '^': String.raw`\u005e` };

/**
 * The name of a column, `"owner.name"`; a dot inside a key, and a sign at the beginning, are written as escapes.
 * @returns undefined for keys that use these escapes themselves.
 */
export function columnName(path: readonly string[]): string | undefined {
  if (path.some((key) => key.includes(ESCAPED_DOT))) return undefined;
  const [first = ''] = path;
  if (Object.values(ESCAPED_SIGNS).some((escape) => first.startsWith(escape))) return undefined;
  const name = path.map((key) => key.replaceAll('.', ESCAPED_DOT)).join('.');
  const sign = ESCAPED_SIGNS[name.charAt(0)];
  return `"${sign === undefined ? name : sign + name.slice(1)}"`;
}

/** The inverse of {@link columnName}: key literals without quotes. */
export function columnPath(name: string): string[] {
  let text = name.slice(1, -1);
  for (const [sign, escape] of Object.entries(ESCAPED_SIGNS)) {
    if (text.startsWith(escape)) text = sign + text.slice(escape.length);
  }
  return text.split('.').map((key) => key.replaceAll(ESCAPED_DOT, '.'));
}

/** Numbers of columns in the order of a row's keys, runs as `3-9`: a string literal. */
export function orderText(order: readonly number[]): string {
  const runs: string[] = [];
  for (let at = 0; at < order.length;) {
    const first = order[at] ?? 0;
    let length = 1;
    while (order[at + length] === first + length) length++;
    runs.push(length === 1 ? String(first) : `${String(first)}-${String(first + length - 1)}`);
    at += length;
  }
  return `"${runs.join(' ')}"`;
}

/** The inverse of {@link orderText}, for a table of `columns` columns. */
export function orderOfText(literal: string, columns: number): number[] {
  const order: number[] = [];
  for (const run of literal.slice(1, -1).split(' ')) {
    const [first = 0, last = first] = run.split('-').map(Number);
    for (let leaf = first; leaf <= last && leaf < columns; leaf++) order.push(leaf);
  }
  return order;
}
