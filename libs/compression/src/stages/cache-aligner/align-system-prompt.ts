import { compileSafePattern } from './safe-pattern.js';

/** Longer lines are not searched with patterns from outside. */
const MAX_LINE_CHARACTERS = 300;
const MONTH = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}';
const DATE = new RegExp(
  `\\b\\d{4}-\\d{2}-\\d{2}\\b|\\b\\d{1,2}[/.]\\d{1,2}[/.]\\d{2,4}\\b|\\b${MONTH}\\.? \\d{1,2}(?:st|nd|rd|th)?,? \\d{4}\\b|\\b\\d{1,2} ${MONTH} \\d{4}\\b`,
  'i',
);
const TIME = /\b\d{1,2}:\d{2}(?::\d{2})?\b|\b1[0-9]{9}(?:\d{3})?\b/;
const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/i;
const WHEN = /\b(?:today|now|current|currently|date|time|timestamp|as of|generated|updated)\b/i;
const WHO =
  /\b(?:session|request|conversation|thread|trace|run|user|correlation|message)[ _-]?(?:id|key|token)?\b/i;
const SESSION_ID =
  /\b(?:session|request|conversation|thread|trace|run|correlation)[ _-]?id\b\W{0,4}(?=\S*\d)[\w-]{4,}/i;
const BARE_VALUE =
  /^\W{0,4}(?:\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}\S{0,16}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\W{0,4}$/i;
/** A sentence, or a line without its end. */
const SEGMENTS = /(?<=[.!?])[ \t]+|\n/;
const TAIL = /\[Context: [^\n]*\]\s*$/;

/**
 * Moves what changes from request to request out of a system prompt to one line at its end, so that what precedes it
 * stays the same and provider caches hit: `[Context: Current Date: 2025-04-06]`. Whole sentences move, never parts of
 * one; dates that belong to the text (without "today", "current", …) stay.
 * @returns undefined when there is nothing to move, or when it was done before.
 */
export function alignSystemPrompt(prompt: string, patterns: readonly string[]): string | undefined {
  if (TAIL.test(prompt.slice(-4000))) return undefined;
  const moved: string[] = [];
  const extra = patterns.flatMap((pattern) => compileSafePattern(pattern) ?? []);
  const lines = prompt.split('\n').flatMap((line) => {
    const stable = stablePart(takeMatches(line, extra, moved), moved);
    return stable === undefined ? [] : [stable];
  });
  if (moved.length === 0) return undefined;
  return `${lines.join('\n').trimEnd()}\n\n[Context: ${moved.join(' ')}]`.trimStart();
}

function takeMatches(line: string, patterns: readonly RegExp[], moved: string[]): string {
  if (line.length > MAX_LINE_CHARACTERS) return line;
  let rest = line;
  for (const pattern of patterns) {
    rest = rest.replace(pattern, (match) => {
      if (match.trim() === '') return match;
      moved.push(match.trim());
      return '';
    });
  }
  return rest === line ? line : rest.trimEnd();
}

/** The line without its changing sentences; undefined when nothing of it stays. */
function stablePart(line: string, moved: string[]): string | undefined {
  const segments = line.split(SEGMENTS);
  const stable = segments.filter((segment) => !isDynamic(segment));
  if (stable.length === segments.length) return line;
  moved.push(...segments.filter(isDynamic).map((segment) => segment.trim()));
  return stable.length === 0 ? undefined : stable.join(' ').trimEnd();
}

function isDynamic(segment: string): boolean {
  if (segment.length > MAX_LINE_CHARACTERS) return false;
  if (WHEN.test(segment) && (DATE.test(segment) || TIME.test(segment))) return true;
  return (WHO.test(segment) && UUID.test(segment)) || SESSION_ID.test(segment) || BARE_VALUE.test(segment);
}
