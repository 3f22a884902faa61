import { type JsonNode, parseJsonTree } from '#libs/json-text';
import type { CodeLanguage } from '../stages/code/syntax-parser.js';

export type ContentKind =
  | 'json'
  | 'jsonl'
  | 'csv'
  | 'log'
  | 'build_log'
  | 'search'
  | 'diff'
  | 'html'
  | 'code'
  | 'markdown'
  | 'text'
  | 'mixed';

export interface DetectedContent {
  readonly kind: ContentKind;
  /** Between 0 and 1: the share of the structure looked for that was found. */
  readonly confidence: number;
  /** What the kind was found by, in a few words. */
  readonly reason: string;
  /** Of source code, where it is known. */
  readonly language?: CodeLanguage | undefined;
  /** The document, where the text is JSON. */
  readonly document?: JsonNode | undefined;
}

/** The kind is read off the beginning of a text; a sample keeps the cost of long texts flat. */
const SAMPLE_CHARACTERS = 32_768;
const SAMPLE_LINES = 200;
const LINE_CHARACTERS = 300;

const HTML = /^\s{0,64}(?:<\?xml[^>]{0,200}>\s{0,64})?(?:<!doctype html|<html[\s>]|<head[\s>]|<body[\s>])/i;
const DIFF = /^diff --git |^--- [^\n]+\n\+\+\+ [^\n]+\n@@ /m;
const SEARCH_HIT = /^[^\s:][^:\n]{0,250}:\d+[:-]|^[^\s:]{1,250}-\d+-/;
const CLOCK = /^[^\s:]{0,250}\d{1,2}:\d{2}:\d{2}\b/;
const NUMBERED_CODE = /^\s{0,8}\d+[\t→]/;
const TIME =
  /\d{4}[-/.]\d{2}[-/.]\d{2}|\b\d{2}:\d{2}:\d{2}\b|\b\d{2}\/\d{2}\/\d{2}\b|\b1\d{9}\b|\b\d{8}-\d{1,2}:\d{1,2}/;
const LEVEL =
  /\b(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL|SEVERE)\b|\[(?:info|warn|error|debug)\]/;
const TEST = /\b(?:PASSED|FAILED|SKIPPED|XFAIL)\b|^\s{0,8}(?:PASS|FAIL|ok|not ok)\b|^={5,}|[✓✔✗✘√]/;
const BUILD =
  /^(?:npm (?:ERR!|WARN|error|warn)|make(?:\[\d+\])?:|cc |gcc |g\+\+ |clang|\s{0,4}\[\s{0,3}\d{1,4}(?:%|\/\d+)\]|Compiling |Building |Downloading:? |Downloaded |Step \d|#\d+ |\s{1,8}at \S|\s{0,8}\[(?:javac|java|exec|echo|junit|copy|mkdir)\]|\s{0,4}--> |\s{0,200}[\^~]{1,200}\s{0,8}$)/;
const DIAGNOSTIC =
  /\b(?:warning|error|note|notice|severity)(?:s? ?[:[(]| [A-Z]+\d+:)|^[A-Z-]{1,4}[A-Z]+-\d+:/i;
const CODE =
  /^\s*(?:import |from \S+ import|export |(?:public|private|protected|static|final|async|abstract) |def |class |function |func |fn |const |let |var |package |using |#include|return\b|if ?\(|for ?\(|while ?\(|@\w+|[{}]\s*$|\/\/|\/\*|\*)|[;{]\s*$/;

const HIT_SHARE = 0.6;
const LOG_SHARE = 0.3;
const CODE_SHARE = 0.4;
/** A log may quote code; with this many lines that begin with a time it is a log all the same. */
const CODE_LOG_SHARE = 0.1;
/** Lines that begin alike but for their numbers make a log, whatever they say. */
const REPEATING_SHARE = 0.5;
const REPEATING_LINES = 20;

/** Tells by structure what kind of content a text is; what fits nowhere is `text`. */
export function detectContent(text: string): DetectedContent {
  const document = parseStructured(text);
  if (document !== undefined) return { kind: 'json', confidence: 1, reason: 'parses as JSON', document };
  const kind = kindOfText(text.slice(0, SAMPLE_CHARACTERS));
  return { kind, confidence: 1, reason: kind };
}

function parseStructured(text: string): JsonNode | undefined {
  const first = /^\s*[[{]/.test(text.slice(0, 256));
  if (!first) return undefined;
  const document = parseJsonTree(text);
  return document?.kind === 'array' || document?.kind === 'object' ? document : undefined;
}

function kindOfText(sample: string): ContentKind {
  if (HTML.test(sample)) return 'html';
  if (DIFF.test(sample)) return 'diff';
  const lines = sample
    .split('\n', SAMPLE_LINES)
    .filter((line) => line.trim() !== '')
    .map((line) => line.slice(0, LINE_CHARACTERS));
  if (lines.length < 3) return 'text';
  const share = (matches: (line: string) => boolean): number => lines.filter(matches).length / lines.length;
  const isBuild = share((line) => BUILD.test(line) || DIAGNOSTIC.test(line)) >= LOG_SHARE;
  if (!isBuild && share(isHit) >= HIT_SHARE) return 'search';
  const isTimed = share((line) => TIME.test(line.slice(0, 120)) || LEVEL.test(line)) >= LOG_SHARE;
  if (isBuild || isTimed || share((line) => TEST.test(line)) >= LOG_SHARE) {
    return share(isCode) < CODE_SHARE ||
      (isTimed && share((line) => TIME.test(line.slice(0, 40))) > CODE_LOG_SHARE)
      ? 'log'
      : 'code';
  }
  if (share(isCode) >= CODE_SHARE) return 'code';
  return isRepeating(lines) ? 'log' : 'text';
}

/** `path:12:` or `path-12-`; a clock such as `12:04:59` is none. */
function isHit(line: string): boolean {
  return SEARCH_HIT.test(line) && !CLOCK.test(line) && !TIME.test(line.slice(0, 24));
}

function isCode(line: string): boolean {
  return CODE.test(line.replace(NUMBERED_CODE, ''));
}

function isRepeating(lines: readonly string[]): boolean {
  if (lines.length < REPEATING_LINES) return false;
  const shapes = new Set(lines.map((line) => line.replace(/\d+/g, '0').split(/\s+/, 3).join(' ')));
  return shapes.size <= lines.length * REPEATING_SHARE;
}
