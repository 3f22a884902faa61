import type { CacheAlignerConfig } from '../../compression-config.js';
import { compileSafePattern } from './safe-pattern.js';

/** Longer lines are not searched with patterns from outside. */
const MAX_LINE_CHARACTERS = 300;
const MONTH = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}';
const DAY = '\\d{1,2}(?:st|nd|rd|th)?';
const DATE = new RegExp(
  `\\b\\d{4}[-/.]\\d{1,2}[-/.]\\d{1,2}(?!\\d)|\\b\\d{1,2}[/.-]\\d{1,2}[/.-]\\d{2,4}\\b|\\b${MONTH}\\.? ${DAY},? \\d{4}\\b|\\b${DAY} ${MONTH},? \\d{4}\\b`,
  'i',
);
/** Without a year: a date only where it is said to be today's. */
const DAY_OF_YEAR = new RegExp(
  `\\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\\b|\\b${MONTH}\\.? ${DAY}\\b|\\b${DAY} ${MONTH}\\b`,
  'i',
);
const TIME = /\b\d{1,2}:\d{2}(?::\d{2})?\b|\b\d{1,2} ?[ap]\.?m\b|\b1[0-9]{9}(?:\d{3})?\b/i;
const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/i;
const TODAY =
  /\b(?:today(?:'s|’s)? (?:is|date)|it is now|current (?:date|day|time)|the (?:date|day|time) is)\b/i;
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
const FENCE = /^\s{0,3}(?:```|~~~)/;

type AlignerSettings = Omit<CacheAlignerConfig, 'enabled'>;

/**
 * Moves what changes from request to request out of a system prompt to one line at its end, so that what precedes it
 * stays the same and provider caches hit: `[Context: Current Date: 2025-04-06]`, or without the label where `fits`
 * refuses it. Whole sentences move, never parts of one; dates that belong to the text (without "today", "current", …)
 * stay. White space is evened out where the settings say so, but for fenced blocks.
 * @returns undefined when there is nothing to change, when it was done before, or where no form fits.
 */
export function alignSystemPrompt(
  prompt: string,
  settings: AlignerSettings,
  fits: (aligned: string) => boolean = () => true,
): string | undefined {
  if (TAIL.test(prompt.slice(-4000))) return undefined;
  const moved: string[] = [];
  const extra = settings.datePatterns.flatMap((pattern) => compileSafePattern(pattern) ?? []);
  const rest = prompt.split('\n').flatMap((line) => {
    const unmatched = takeMatches(line, extra, moved);
    const stable = unmatched === undefined ? undefined : stablePart(unmatched, moved);
    return stable === undefined ? [] : [stable];
  });
  const lines = evenedOut(rest, settings);
  if (moved.length === 0) {
    const aligned = lines.join('\n');
    return aligned === prompt ? undefined : aligned;
  }
  const head = lines.join('\n').trimEnd();
  const tail = moved.join(' ');
  const aligned = forms(head, tail, settings.dynamicTailSeparator).find(fits);
  return aligned === prompt ? undefined : aligned;
}

/** The label says what the line is, at the price of a few tokens; the sentences say it themselves, too. */
function forms(head: string, tail: string, separator: string): readonly string[] {
  const label = `[Context: ${tail}]`;
  if (head === '') return [label, tail];
  return [head + separator + label, head + separator + tail, `${head}\n${tail}`];
}

function evenedOut(
  lines: readonly string[],
  { normalizeWhitespace, collapseBlankLines }: AlignerSettings,
): readonly string[] {
  if (!normalizeWhitespace && !collapseBlankLines) return lines;
  const result: string[] = [];
  let isFenced = false;
  for (const line of lines) {
    if (FENCE.test(line)) isFenced = !isFenced;
    const even = normalizeWhitespace && !isFenced ? withSingleSpaces(line) : line;
    const isSecondBlank = !isFenced && even.trim() === '' && result.at(-1)?.trim() === '';
    if (!(collapseBlankLines && isSecondBlank)) result.push(even);
  }
  return result;
}

/** Indentation stays. */
function withSingleSpaces(line: string): string {
  const text = line.trimStart();
  return line
    .slice(0, line.length - text.length)
    .concat(text.split(/[ \t]+/).join(' '))
    .trimEnd();
}

/** The line without what the patterns match; undefined when nothing of it stays. */
function takeMatches(line: string, patterns: readonly RegExp[], moved: string[]): string | undefined {
  if (line.length > MAX_LINE_CHARACTERS) return line;
  let rest = line;
  for (const pattern of patterns) {
    rest = rest.replace(pattern, (match) => {
      if (match.trim() === '') return match;
      moved.push(match.trim());
      return '';
    });
  }
  if (rest === line) return line;
  if (rest.trim() === '') return undefined;
  return line.startsWith(rest.charAt(0)) ? rest.trimEnd() : rest.trim();
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
  if (TODAY.test(segment) && DAY_OF_YEAR.test(segment)) return true;
  return (WHO.test(segment) && UUID.test(segment)) || SESSION_ID.test(segment) || BARE_VALUE.test(segment);
}
