import type { JsonNode } from '#libs/json-text';
import { scalarText } from './table-column.js';
import { columnPath } from './table-names.js';

/** A column of a table, as its header tells it. */
export interface HeaderColumn {
  readonly name: string;
  readonly path: readonly string[];
  readonly kind: 'cells' | 'optional' | 'sticky' | 'constant' | 'template';
  readonly value?: JsonNode | undefined;
  /** Of a template: text and, at odd places, names of columns as literals; `""` is the cell's own. */
  readonly pieces: readonly string[];
}

/** True where each row has a cell of the column. */
export function hasCell({ kind, pieces }: HeaderColumn): boolean {
  return (
    kind === 'cells' ||
    (kind === 'template' && pieces.some((piece, place) => place % 2 === 1 && piece === '""'))
  );
}

/** @param marks what stands around the names in a template, two characters */
export function headerColumn(node: JsonNode, marks: string | undefined): HeaderColumn {
  if (node.kind === 'object') {
    const name = node.keys[0] ?? '""';
    const value = node.values[0];
    const path = columnPath(name);
    const pieces = marks !== undefined && value?.kind === 'string' ? templatePieces(value.text, marks) : [];
    return { name, path, kind: pieces.length > 1 ? 'template' : 'constant', value, pieces };
  }
  const literal = scalarText(node) ?? '""';
  const sign = literal.charAt(1);
  if (sign !== '?' && sign !== '^')
    return { name: literal, path: columnPath(literal), kind: 'cells', pieces: [] };
  const name = `"${literal.slice(2)}`;
  return { name, path: columnPath(name), kind: sign === '?' ? 'optional' : 'sticky', pieces: [] };
}

function templatePieces(literal: string, marks: string): string[] {
  const [open = '<', close = '>'] = marks;
  const pieces: string[] = [];
  const text = literal.slice(1, -1);
  let at = 0;
  for (;;) {
    const start = text.indexOf(open, at);
    const end = start < 0 ? -1 : text.indexOf(close, start);
    if (end < 0) break;
    pieces.push(text.slice(at, start), `"${text.slice(start + 1, end)}"`);
    at = end + 1;
  }
  pieces.push(text.slice(at));
  return pieces;
}
