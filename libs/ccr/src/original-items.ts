import { elementSpans, memberSpans, type MemberSpan } from '#libs/json-text';

/** One searchable part of an original, in its own text. */
export interface OriginalItem {
  readonly text: string;
  /** True when the text is a JSON value of its own. */
  readonly isJson: boolean;
}

/** How deep a main array is looked for, as in `{"data": {"result": {"items": […]}}}`. */
const MAIN_ARRAY_DEPTH = 4;
/** Continuation lines, such as a stack trace's, stay with the line that they belong to, up to this many. */
const MAX_LINES_PER_ITEM = 60;
/** Paragraphs longer than this on average are blocks of lines. */
const MAX_LINES_PER_PARAGRAPH = 8;

/**
 * The parts that a query searches: the elements of a JSON array (or of an object's main array, then its other
 * members), the records of JSON lines, the paragraphs of prose, else lines with what is indented under them.
 */
export function itemsOf(content: string): OriginalItem[] {
  const first = content.trimStart().charAt(0);
  if (first === '[' && isJson(content)) return elementsOf(content, 0);
  if (first === '{' && isJson(content)) return itemsOfObject(content);
  const paragraphs = paragraphsOf(content);
  const lines = content.split('\n').length;
  if (paragraphs.length > 1 && lines / paragraphs.length <= MAX_LINES_PER_PARAGRAPH)
    return paragraphs.map(textItem);
  return linesOf(content).map(textItem);
}

function elementsOf(content: string, at: number): OriginalItem[] {
  return elementSpans(content, at).map(({ start, end }) => ({
    text: content.slice(start, end),
    isJson: true,
  }));
}

function itemsOfObject(content: string): OriginalItem[] {
  const others: OriginalItem[] = [];
  let members = memberSpans(content);
  for (let depth = 0; depth < MAIN_ARRAY_DEPTH; depth++) {
    const main = longest(members.filter(({ start }) => isOneOf(content.charAt(start), '[{')));
    for (const member of members) if (member !== main) others.push(memberItem(content, member));
    if (main === undefined) break;
    if (content.charAt(main.start) === '[') return [...elementsOf(content, main.start), ...others];
    if (depth + 1 === MAIN_ARRAY_DEPTH) others.push(memberItem(content, main));
    else members = memberSpans(content, main.start);
  }
  return others;
}

function longest(members: readonly MemberSpan[]): MemberSpan | undefined {
  let best: MemberSpan | undefined;
  for (const member of members) {
    if (best === undefined || member.end - member.start > best.end - best.start) best = member;
  }
  return best;
}

function memberItem(content: string, { key, start, end }: MemberSpan): OriginalItem {
  return { text: `{${JSON.stringify(key)}: ${content.slice(start, end)}}`, isJson: true };
}

function paragraphsOf(content: string): string[] {
  const paragraphs: string[] = [];
  let lines: string[] = [];
  for (const line of [...content.split('\n'), '']) {
    if (line.trim() !== '') lines.push(line);
    else if (lines.length > 0) {
      paragraphs.push(lines.join('\n'));
      lines = [];
    }
  }
  return paragraphs;
}

function linesOf(content: string): string[] {
  const items: string[] = [];
  let lines: string[] = [];
  for (const line of content.split('\n')) {
    if (line.trim() === '') continue;
    const continues = isOneOf(line.charAt(0), ' \t') && lines.length < MAX_LINES_PER_ITEM;
    if (!continues && lines.length > 0) {
      items.push(lines.join('\n'));
      lines = [];
    }
    lines.push(line);
  }
  if (lines.length > 0) items.push(lines.join('\n'));
  return items;
}

function textItem(text: string): OriginalItem {
  const first = text.trimStart().charAt(0);
  return { text, isJson: isOneOf(first, '[{') && isJson(text) };
}

function isOneOf(character: string, characters: string): boolean {
  return character !== '' && characters.includes(character);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
