import { type Block, singleSpaced } from './block.js';
import type { PageElement } from './page-tree.js';

export interface TableData {
  readonly rows: readonly (readonly string[])[];
  /** Characters in links. */
  readonly linked: number;
}

/** A cell with more text than this belongs to a table that only arranges the page. */
const MAX_CELL = 400;
const ROW_GROUPS = new Set(['thead', 'tbody', 'tfoot']);
const CONTENT = /^(?:table|ul|ol|h[1-6]|form|article|section|blockquote|pre)$/;

/** The rows of a table of data; `undefined` for a table that only arranges other content. */
export function readTable(
  table: PageElement,
  readCell: (cell: PageElement) => readonly Block[],
): TableData | undefined {
  const rowElements = rowsOf(table);
  if (rowElements.length < 2 || holdsContent(table)) return undefined;
  const rows: string[][] = [];
  let linked = 0;
  for (const row of rowElements) {
    const cells: string[] = [];
    for (const cell of elementsOf(row)) {
      if (cell.tag !== 'td' && cell.tag !== 'th') continue;
      const blocks = readCell(cell);
      const text = singleSpaced(blocks.map((block) => block.marked).join(' '));
      if (text.length > MAX_CELL) return undefined;
      linked += blocks.reduce((sum, block) => sum + block.linked, 0);
      cells.push(text);
    }
    if (cells.some((cell) => cell !== '')) rows.push(cells);
  }
  const columns = rows.map((row) => row.length).sort((a, b) => a - b)[rows.length >> 1] ?? 0;
  return rows.length < 2 || columns < 2 ? undefined : { rows, linked };
}

function rowsOf(table: PageElement): PageElement[] {
  return elementsOf(table).flatMap((child) => {
    if (child.tag === 'tr') return [child];
    return ROW_GROUPS.has(child.tag) ? elementsOf(child).filter(({ tag }) => tag === 'tr') : [];
  });
}

/** True when there are tables, lists or headings of their own inside. */
function holdsContent(element: PageElement): boolean {
  return elementsOf(element).some((child) => CONTENT.test(child.tag) || holdsContent(child));
}

function elementsOf({ children }: PageElement): PageElement[] {
  return children.filter((child) => typeof child !== 'string');
}
