import { detectSingle } from './detect-single.js';
import { jsonBlockAt } from './json-block.js';
import { sampleOf } from './sample.js';

/** Part of a text; all parts joined are the text. */
export interface Part {
  readonly text: string;
  /** `frame` holds others together and stays: fences, labels, headers. `block` has a form of its own, `prose` has none. */
  readonly role: 'frame' | 'block' | 'prose';
}

const FENCE = /^ {0,3}(`{3,}|~{3,5}(?!~))[^`\n]*$/;
const LABEL =
  /^(?:\$ \S.{0,300}|<\/?(?:output|std(?:out|err)|results?|response|files?|documents?|contents?|source|path|errors?|logs?|command|context|code|[a-z]+_[a-z_]{1,40})(?: [^<>]{0,200})?>|\[?(?:std)?(?:out|err|output|error output)(?:put)?\]?:?|(?:[A-Z][\w ]{0,40} )?(?:output|result|results|response|logs?|stdout|stderr|body|headers|contents?|errors?|trace|traceback|diff|files?|command)(?: \([^)\n]{0,60}\))?:)\s*$/i;
const HTTP_STATUS = /^HTTP\/\d(?:\.\d)? \d{3}\b/;
const HTTP_HEADER = /^[A-Za-z][A-Za-z0-9-]{0,60}: ?.{0,4000}$/;
const PAGE_START = /^\s{0,8}<(?:!doctype html|html)(?:[\s>]|$)/i;
const PAGE_END = /<\/html\s{0,8}>/i;
const PREAMBLE_JSON = /^[^{}[\]"\n]{0,160}?[:=] {0,4}(?=[{[])/;
const MIN_JSON = 80;
/** Where brackets open and never close, looking for their ends stops after so many times the text. */
const SEARCHES = 3;
/** A few lines of introduction may stand above a part without any mark between them. */
const MAX_INTRODUCTION = 12;
const MAX_TRIES = 4;
/** The beginning of what stands below an introduction shows its kind. */
const TRIED_CHARACTERS = 4096;
const MIN_CONFIDENCE = 0.9;
/** So sure of prose, nothing else of any size stands below an introduction. */
export const SURE_OF_PROSE = 0.8;

interface Line {
  readonly start: number;
  /** After its line end. */
  readonly end: number;
  readonly text: string;
}

/** Splits a text where its structure says that another kind begins: fences, labels, documents, headers, introductions. */
export function splitParts(text: string): Part[] {
  return withIntroduction(splitMarked(text));
}

/** `The build failed. Here is its log:` and then the log: the first stretch of prose may be two parts. */
export function withIntroduction(parts: readonly Part[]): Part[] {
  const first = parts.findIndex(({ role }) => role === 'prose');
  const opening = parts[first];
  return opening === undefined ? [...parts] : parts.toSpliced(first, 1, ...splitIntroduction(opening.text));
}

/** Splits a text at its fences, labels, documents and headers alone. */
export function splitMarked(text: string): Part[] {
  const parts: Part[] = [];
  const budget = { characters: text.length * SEARCHES };
  let plain = 0;
  let at = 0;
  const add = (role: Part['role'], from: number, to: number): void => {
    if (to > from) parts.push({ role, text: text.slice(from, to) });
  };
  while (at < text.length) {
    const line = lineAt(text, at);
    const found =
      fenceAt(text, line, budget) ??
      jsonAt(text, line, budget) ??
      pageAt(text, line) ??
      headersAt(text, line) ??
      labelAt(line);
    if (found === undefined) {
      at = line.end;
      continue;
    }
    add('prose', plain, line.start);
    add('frame', line.start, found.block);
    add('block', found.block, found.close);
    add('frame', found.close, found.end);
    at = found.end;
    plain = at;
  }
  add('prose', plain, text.length);
  return parts;
}

/** What may still be looked through in vain. */
interface Budget {
  characters: number;
}

/** A frame up to `block`, what it holds up to `close`, and what closes it up to `end`. */
interface Found {
  readonly block: number;
  readonly close: number;
  readonly end: number;
}

function lineAt(text: string, start: number): Line {
  const newline = text.indexOf('\n', start);
  const end = newline === -1 ? text.length : newline + 1;
  return {
    start,
    end,
    text: text.slice(start, Math.min(newline === -1 ? end : newline, start + 5000)).trimEnd(),
  };
}

function fenceAt(text: string, line: Line, budget: Budget): Found | undefined {
  const fence = FENCE.exec(line.text)?.[1];
  if (fence === undefined || budget.characters <= 0) return undefined;
  for (let at = line.end; at < text.length;) {
    const next = lineAt(text, at);
    const closing = next.text.trim();
    if (closing.startsWith(fence) && closing === (closing[0] ?? '').repeat(closing.length)) {
      return { block: line.end, close: next.start, end: next.end };
    }
    at = next.end;
  }
  budget.characters -= text.length - line.end;
  return undefined;
}

function jsonAt(text: string, line: Line, budget: Budget): Found | undefined {
  const preamble = /^[{[]/.test(line.text) ? '' : PREAMBLE_JSON.exec(line.text.slice(0, 200))?.[0];
  if (preamble === undefined || budget.characters <= 0) return undefined;
  const start = line.start + preamble.length;
  const block = jsonBlockAt(text, start);
  if (block === undefined) return undefined;
  budget.characters -= block.end - start;
  if (!block.isClosed || block.end - start < MIN_JSON) return undefined;
  const rest = lineAt(text, block.end);
  if (rest.text.trim() !== '') return undefined;
  return { block: start, close: block.end, end: rest.end };
}

function pageAt(text: string, line: Line): Found | undefined {
  if (!PAGE_START.test(line.text.slice(0, 200))) return undefined;
  for (let at = line.start; at < text.length;) {
    const next = lineAt(text, at);
    const closing = PAGE_END.exec(next.text);
    if (closing !== null)
      return { block: line.start, close: at + closing.index + closing[0].length, end: next.end };
    at = next.end;
  }
  return { block: line.start, close: text.length, end: text.length };
}

/** A status line with its header fields, and the blank line after them. */
function headersAt(text: string, line: Line): Found | undefined {
  if (!HTTP_STATUS.test(line.text)) return undefined;
  let next = lineAt(text, line.end);
  while (next.end > next.start && HTTP_HEADER.test(next.text)) next = lineAt(text, next.end);
  const end = next.text === '' ? next.end : next.start;
  return { block: end, close: end, end };
}

function labelAt(line: Line): Found | undefined {
  if (line.text.length > 340 || !LABEL.test(line.text)) return undefined;
  return { block: line.end, close: line.end, end: line.end };
}

function splitIntroduction(text: string): Part[] {
  const whole: Part[] = [{ role: 'prose', text }];
  const { kind, confidence } = detectSingle(sampleOf(text));
  if (
    confidence >= (kind === 'text' ? SURE_OF_PROSE : MIN_CONFIDENCE) ||
    (kind !== 'text' && kind !== 'markdown')
  )
    return whole;
  let tries = 0;
  let at = 0;
  for (let count = 0; count < MAX_INTRODUCTION && at < text.length; count++) {
    const line = lineAt(text, at);
    at = line.end;
    const isEnd = line.text === '' || line.text.endsWith(':') || /^[-=_]{10,}$/.test(line.text);
    if (!isEnd || tries >= MAX_TRIES || (line.start === 0 && line.text === '')) continue;
    tries++;
    const rest = detectSingle(sampleOf(text.slice(at, at + TRIED_CHARACTERS)));
    if (rest.kind === 'text' || rest.kind === 'markdown' || rest.confidence < MIN_CONFIDENCE) continue;
    return [
      { role: 'prose', text: text.slice(0, at) },
      { role: 'block', text: text.slice(at) },
    ];
  }
  return whole;
}
