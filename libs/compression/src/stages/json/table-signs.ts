import { type JsonNode, type JsonScalar, writeJsonTree } from '#libs/json-text';
import { type PlannedColumn, ownLiteral } from './table-column.js';
import { TEMPLATE_MARKS } from './table-keys.js';

/** Marks that stand in no constant and no name of the table. */
export function marksFor(plan: readonly PlannedColumn[]): readonly [string, string] | undefined {
  const texts: string[] = plan.map(({ column }) => column.name);
  for (const { rule } of plan) {
    if (rule.kind === 'constant' && rule.value.kind === 'string') texts.push(rule.value.text);
    if (rule.kind === 'template')
      texts.push(...rule.template.pieces.filter((piece) => typeof piece === 'string'));
  }
  return TEMPLATE_MARKS.find(
    ([open, close]) =>
      texts.every((text) => !text.includes(open)) && plan.every(({ column }) => !column.name.includes(close)),
  );
}

/** The literals of all cells, own parts and told values: none of them may mean something else. */
export function usedLiterals(plan: readonly PlannedColumn[]): Set<string> {
  const used = new Set<string>();
  for (const { column, literals, rule } of plan) {
    for (const [row, literal] of literals.entries()) {
      if (literal === undefined) continue;
      const own = rule.kind === 'template' ? rule.template.own[row] : undefined;
      const cell = column.cells[row];
      if (own !== undefined) used.add(ownLiteral(own));
      else if (cell?.kind !== 'array' && cell?.kind !== 'object') used.add(literal);
      else if (literal.length === 2) used.add(literal);
    }
  }
  return used;
}

/** The first of the preferred cells that no row holds; else a string of so many marks that none does. */
export function unusedCell(
  preferred: readonly JsonNode[],
  mark: string,
  used: ReadonlySet<string>,
): JsonNode {
  const free = preferred.find((cell) => !used.has(literalText(cell)));
  if (free !== undefined) return free;
  let cell: JsonScalar = { kind: 'string', text: `"${mark}"` };
  for (let length = 2; used.has(cell.text); length++)
    cell = { kind: 'string', text: `"${mark.repeat(length)}"` };
  return cell;
}

/** The literal of a cell; of empty arrays and objects too. */
export function literalText(node: JsonNode): string {
  if (node.kind === 'array' && node.items.length === 0) return '[]';
  if (node.kind === 'object' && node.keys.length === 0) return '{}';
  return node.kind === 'array' || node.kind === 'object' ? writeJsonTree(node) : node.text;
}
