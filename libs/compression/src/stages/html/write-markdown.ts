import type { Block } from './block.js';

/** The blocks as Markdown; items of a list and rows of a table stand close, all else has a blank line between. */
export function writeMarkdown(blocks: readonly Block[]): string {
  const lines: string[] = [];
  let previous: Block | undefined;
  for (const block of blocks) {
    if (previous !== undefined && !isClose(previous, block)) lines.push('');
    lines.push(written(block));
    previous = block;
  }
  return lines.join('\n');
}

function isClose(above: Block, below: Block): boolean {
  return above.kind === 'item' && below.kind === 'item';
}

function written(block: Block): string {
  const text = unquoted(block);
  return block.isQuote ? text.replace(/^/gm, '> ') : text;
}

function unquoted({ kind, level, marked, text, rows }: Block): string {
  switch (kind) {
    case 'heading':
      return `${'#'.repeat(level)} ${marked}`;
    case 'item':
      return `${'  '.repeat(level)}- ${marked}`;
    case 'code':
      return fenced(text);
    case 'table':
      return tableOf(rows ?? []);
    case 'text':
      return marked;
  }
}

/** The fence is longer than any in the code. */
function fenced(code: string): string {
  const longest = (code.match(/`{3,}/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${code}\n${fence}`;
}

function tableOf(rows: readonly (readonly string[])[]): string {
  const [head, ...body] = rows;
  if (head === undefined) return '';
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const rule = `|${'-|'.repeat(width)}`;
  return [lineOf(head), rule, ...body.map(lineOf)].join('\n');
}

function lineOf(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
