import type { SyntaxRange } from './syntax-parser.js';

/** A part of the code that something shorter stands for. */
export interface CodeEdit extends SyntaxRange {
  readonly text: string;
  /** Where the function begins whose body this is a part of; edits of comments and blank lines have none. */
  readonly owner?: number | undefined;
}

/** Code with what stands before each line of it, such as its number. */
export interface NumberedCode {
  readonly code: string;
  /** One per line; empty where lines carry no numbers. */
  readonly prefixes: readonly string[];
}

/** Sorted, without those that begin inside an earlier one or change nothing. */
export function orderedEdits(edits: readonly CodeEdit[]): CodeEdit[] {
  const ordered: CodeEdit[] = [];
  let end = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start || b.end - a.end)) {
    // What only goes may begin where the one before ended, such as at the line end between two comments.
    const start = edit.text === '' ? Math.max(edit.start, end) : edit.start;
    if (start < end || edit.end <= start) continue;
    ordered.push(start === edit.start ? edit : { ...edit, start });
    end = edit.end;
  }
  return ordered;
}

/** Length after edits without building the text; blanks do not count, as tokens hardly count them. */
export function weightAfter(blanks: Uint32Array, length: number, edits: readonly CodeEdit[]): number {
  const solid = (start: number, end: number): number =>
    end - start - ((blanks[end] ?? 0) - (blanks[start] ?? 0));
  let weight = solid(0, length);
  for (const { start, end, text } of edits) weight += text.trim().length - solid(start, end);
  return weight;
}

/** How many blanks stand before each offset. */
export function countBlanks(code: string): Uint32Array {
  const blanks = new Uint32Array(code.length + 1);
  for (let i = 0; i < code.length; i++) {
    blanks[i + 1] = (blanks[i] ?? 0) + (code.charCodeAt(i) <= 32 ? 1 : 0);
  }
  return blanks;
}

export interface EditedCode {
  /** As it is shown: kept lines with what stood before them. */
  readonly text: string;
  /** As it is parsed. */
  readonly code: string;
  /** Per edit, where in `code` its text begins. */
  readonly offsets: readonly number[];
}

/** Writes the code with its edits; lines that an edit adds carry no number. */
export function applyEdits({ code, prefixes }: NumberedCode, edits: readonly CodeEdit[]): EditedCode {
  const shown: string[] = [];
  const parsed: string[] = [];
  const offsets: number[] = [];
  let length = 0;
  let line = 0;
  let from = 0;
  let isAtLineStart = true;
  const keep = (end: number): void => {
    // Of a file whose first lines go, no blank line is left on top.
    if (length === 0 && from > 0)
      while (from < end && /[\r\n]/.test(code[from] ?? '')) line += code[from++] === '\n' ? 1 : 0;
    parsed.push(code.slice(from, end));
    length += end - from;
    while (from < end) {
      if (isAtLineStart) shown.push(prefixes[line] ?? '');
      const newline = prefixes.length === 0 ? -1 : code.indexOf('\n', from);
      isAtLineStart = newline !== -1 && newline < end;
      const stop = isAtLineStart ? newline + 1 : end;
      if (isAtLineStart) line++;
      shown.push(code.slice(from, stop));
      from = stop;
    }
  };
  for (const edit of edits) {
    keep(edit.start);
    offsets.push(length);
    parsed.push(edit.text);
    if (isAtLineStart && edit.text !== '' && !edit.text.startsWith('\n')) shown.push(prefixes[line] ?? '');
    shown.push(edit.text);
    length += edit.text.length;
    if (edit.text !== '') isAtLineStart = edit.text.endsWith('\n');
    for (let at = code.indexOf('\n', from); at !== -1 && at < edit.end; at = code.indexOf('\n', at + 1))
      line++;
    from = edit.end;
  }
  keep(code.length);
  return { text: shown.join(''), code: parsed.join(''), offsets };
}
