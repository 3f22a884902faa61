import { sentenceEnds } from './sentence-ends.js';

export type UnitKind = 'heading' | 'sentence' | 'item' | 'row' | 'table_head' | 'fence';

/** What is kept or left out as one; all units joined, each with its gap, are the text without leading white space. */
export interface Unit {
  readonly kind: UnitKind;
  readonly text: string;
  /** The white space up to the next unit. */
  readonly gap: string;
  /** Units of one paragraph, list item, table or fence have the same block. */
  readonly block: number;
  /** Counts the headings up to here. */
  readonly section: number;
}

const FENCE = /^\s{0,12}(`{3,}|~{3,})/;
const HEADING = /^ {0,3}#{1,6}\s|^={2,}.{1,120}={2,}$|^-{2,} ?\S.{0,120}\S ?-{2,}$|^\[[^\][\n]{1,120}\]$/;
const LABEL = /^[^.!?:;,]{2,60}(?:\([^)\n]{1,60}\)|, [^.!?;]{1,40}|[^.!?;]{0,40}):$/;
const UNDERLINE = /^ {0,3}(?:={3,}|-{3,})$/;
const ITEM = /^\s{0,24}(?:[-*+•–]|\d{1,4}[.)]|[a-z][.)])\s/;
const ROW = /^ {0,12}\|/;
const ROW_RULE = /^ {0,12}\|?[\s|:-]{3,}\|[\s|:-]{0,400}$/;
/** `Ada: ` at the start of what somebody says. */
const SPEAKER = /^[\p{Lu}a-z][\p{L}\p{N}_.'-]{0,30}(?: [\p{L}\p{N}_.'-]{1,30}){0,2}: \S/u;
const SENTENCE_END = /[.!?…:;。！？]["'”’)\]]{0,3}$/;
/** Paragraphs up to this length stay in one piece, so that what belongs together is read together. */
const SHORT_PARAGRAPH = 500;
/** A paragraph without a sentence's end is cut into pieces of about this length. */
const MAX_SENTENCE = 1200;

interface Lines {
  readonly texts: readonly string[];
  /** Where each line starts. */
  readonly starts: readonly number[];
  readonly text: string;
}

/** Reads prose and Markdown as headings, sentences, list items, table rows and fenced blocks. */
export function splitUnits(text: string): Unit[] {
  const lines = linesOf(text);
  const units: Unit[] = [];
  let block = 0;
  let section = 0;
  let at = skipBlank(lines, 0);
  const add = (kind: UnitKind, from: number, to: number): void => {
    const whole = text.slice(from, to);
    const content = whole.trimEnd();
    units.push({ kind, text: content, gap: whole.slice(content.length), block, section });
  };
  while (at < lines.texts.length) {
    const line = lines.texts[at] ?? '';
    const { kind, next } = blockAt(lines, at, line);
    // Blank lines belong to what stands above them.
    const end = lines.starts[skipBlank(lines, next)] ?? text.length;
    const start = lines.starts[at] ?? 0;
    block++;
    if (kind === 'heading') section++;
    if (kind === 'sentence') addSentences(text.slice(start, end), start, add);
    else add(kind, start, end);
    at = skipBlank(lines, next);
  }
  return units;
}

function addSentences(
  paragraph: string,
  start: number,
  add: (kind: UnitKind, from: number, to: number) => void,
): void {
  const length = paragraph.trimEnd().length;
  if (length <= SHORT_PARAGRAPH) {
    add('sentence', start, start + paragraph.length);
    return;
  }
  let from = 0;
  for (const end of sentenceEnds(paragraph)) {
    while (end - from > MAX_SENTENCE * 1.5) {
      const space = from + paragraph.slice(from, from + MAX_SENTENCE).lastIndexOf(' ');
      const cut = space > from ? space + 1 : from + MAX_SENTENCE;
      add('sentence', start + from, start + cut);
      from = cut;
    }
    if (end > from) add('sentence', start + from, start + end);
    from = end;
  }
}

function blockAt(lines: Lines, at: number, line: string): { kind: UnitKind; next: number } {
  const fence = FENCE.exec(line)?.[1];
  if (fence !== undefined) {
    const close = closingFence(lines, at, fence);
    if (close !== undefined) return { kind: 'fence', next: close + 1 };
  }
  const below = lines.texts[at + 1] ?? '';
  if (HEADING.test(line) || LABEL.test(line)) return { kind: 'heading', next: at + 1 };
  if (UNDERLINE.test(below) && line.length <= 200 && !ROW.test(line))
    return { kind: 'heading', next: at + 2 };
  if (line.includes('|') && ROW_RULE.test(below)) return { kind: 'table_head', next: at + 2 };
  if (ROW.test(line)) return { kind: 'row', next: at + 1 };
  if (ITEM.test(line)) return { kind: 'item', next: endOfItem(lines, at) };
  return { kind: 'sentence', next: endOfParagraph(lines, at) };
}

function closingFence(lines: Lines, at: number, fence: string): number | undefined {
  for (let next = at + 1; next < lines.texts.length; next++) {
    if ((lines.texts[next] ?? '').trim().startsWith(fence)) return next;
  }
  return undefined;
}

/** Lines that go on below an item's mark, further in. */
function endOfItem(lines: Lines, at: number): number {
  let next = at + 1;
  while (next < lines.texts.length && /^\s{2,}\S/.test(lines.texts[next] ?? '') && !startsBlock(lines, next))
    next++;
  return next;
}

/** Lines wrapped in the middle of their sentences are one paragraph; lines that end as sentences do stand alone. */
function endOfParagraph(lines: Lines, at: number): number {
  let next = at + 1;
  let ended = 0;
  while (next < lines.texts.length) {
    const line = lines.texts[next] ?? '';
    if (line.trim() === '' || startsBlock(lines, next) || SPEAKER.test(line)) break;
    const above = lines.texts[next - 1] ?? '';
    if (SENTENCE_END.test(above)) ended++;
    // Wrapped lines are about as long as each other.
    if (above.length < 40 || above.length > 140 || ended * 2 > next - at) break;
    next++;
  }
  return next;
}

function startsBlock(lines: Lines, at: number): boolean {
  const line = lines.texts[at] ?? '';
  return FENCE.test(line) || HEADING.test(line) || ITEM.test(line) || ROW.test(line);
}

function skipBlank(lines: Lines, from: number): number {
  let at = from;
  while (at < lines.texts.length && (lines.texts[at] ?? '').trim() === '') at++;
  return at;
}

function linesOf(text: string): Lines {
  const starts: number[] = [];
  const texts: string[] = [];
  for (let start = 0; start <= text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    starts.push(start);
    texts.push(text.slice(start, end).trimEnd());
    start = end + 1;
  }
  return { texts, starts, text };
}
