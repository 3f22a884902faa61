/** The sign for "as in the row above". */
const DITTO = '^';
const PIECES = /([^A-Za-z0-9]+)/;

/**
 * A value in terms of the one above it: `^` when it is the same, `^39.001` when only its last pieces differ
 * (`16:13:38.811` above, `16:13:39.001` here), else itself. A value that begins with the sign gets a second one.
 */
export function dittoValue(value: string, above: string | undefined): string {
  if (above === value) return DITTO;
  const rest = above === undefined ? undefined : differingEnd(value, above);
  if (rest !== undefined) return DITTO + rest;
  return value.startsWith(DITTO) ? DITTO + value : value;
}

function differingEnd(value: string, above: string): string | undefined {
  const pieces = value.split(PIECES);
  const others = above.split(PIECES);
  if (pieces.length !== others.length) return undefined;
  let equal = 0;
  while (equal < pieces.length && pieces[equal] === others[equal]) equal++;
  equal -= equal % 2;
  if (equal < 2) return undefined;
  const rest = pieces.slice(equal).join('');
  return rest === '' || rest.startsWith(DITTO) ? undefined : rest;
}

/** The inverse of {@link dittoValue}. */
export function undittoValue(cell: string, above: string | undefined): string {
  if (!cell.startsWith(DITTO)) return cell;
  if (cell === DITTO) return above ?? '';
  if (cell.startsWith(DITTO + DITTO)) return cell.slice(1);
  const rest = cell.slice(1);
  const others = (above ?? '').split(PIECES);
  return others.slice(0, others.length - rest.split(PIECES).length).join('') + rest;
}
