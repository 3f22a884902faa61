import { commonBeginnings } from './common-beginnings.js';
import { GAPS_NOTE, HEADINGS_NOTE, SEPARATOR, SYMBOLS } from './lossless-search-notation.js';
import { type FoundLine, type ParsedSearch, type SearchLine, parseSearch } from './parse-search.js';
import { SearchFormWriter } from './search-form-writer.js';

/** Writes search results with each path once. `decodeLosslessSearch` gives back the text. */
export function encodeLosslessSearch(text: string, parsed: ParsedSearch = parseSearch(text)): string {
  const { lines, hasHeadings } = parsed;
  const impliesGaps = gapsAreImplied(lines);
  const writer = new SearchFormWriter(hitBeginnings(lines));
  for (let index = 0; index < lines.length;) {
    const line = lines[index];
    if (line === undefined) break;
    if (line.kind === 'other') {
      if (!(impliesGaps && line.text === SEPARATOR)) writer.verbatim(line.text);
      if (!impliesGaps || line.text !== SEPARATOR) writer.breakOff();
      index++;
      continue;
    }
    writer.file(line.path);
    if (line.kind === 'context') {
      writer.context(line);
      index++;
      continue;
    }
    const end = endOfRun(lines, index);
    writer.hits(lines.slice(index, end) as FoundLine[], !impliesGaps);
    index = end;
  }
  const notes = (impliesGaps ? GAPS_NOTE : '') + (hasHeadings ? HEADINGS_NOTE : '');
  return writer.finish(notes);
}

function hitBeginnings(lines: readonly SearchLine[]): string[] {
  const texts: string[] = [];
  let path = '';
  let seen = new Set<string>();
  for (const line of lines) {
    if (line.kind !== 'hit') continue;
    if (line.path !== path) {
      path = line.path;
      seen = new Set();
    }
    // Told once per file.
    if (seen.has(line.text)) continue;
    seen.add(line.text);
    texts.push(line.text);
  }
  return commonBeginnings(texts, SYMBOLS.length);
}

/** The line after the hits of one file that stand together. */
function endOfRun(lines: readonly SearchLine[], start: number): number {
  const first = lines[start];
  let end = start + 1;
  for (; end < lines.length; end++) {
    const line = lines[end];
    if (line?.kind !== 'hit' || first?.kind !== 'hit' || line.path !== first.path) break;
  }
  return end;
}

/** True where a `--` stands wherever the file changes or a line was skipped, and nowhere else. */
function gapsAreImplied(lines: readonly SearchLine[]): boolean {
  let above: FoundLine | undefined;
  let separators = 0;
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index];
    if (line === undefined) break;
    if (line.kind === 'other') {
      if (line.text !== SEPARATOR) {
        above = undefined;
        continue;
      }
      const next = lines[index + 1];
      if (above === undefined || next === undefined || next.kind === 'other') return false;
      if (!isGap(above, next)) return false;
      separators++;
      above = undefined;
      continue;
    }
    if (above !== undefined && isGap(above, line)) return false;
    above = line;
  }
  return separators > 0;
}

function isGap(above: FoundLine, line: FoundLine): boolean {
  return above.path !== line.path || above.number === undefined || line.number !== above.number + 1;
}
