import { diffMarker } from '#libs/ccr';
import { itemsNamed } from '../../question-names.js';
import { type Draft, losslessDraft, withTokens } from '../drafts.js';
import type { Stage, StageContext, StageInput } from '../stage.js';
import { crushDiff } from './crush-diff.js';
import { encodeLosslessDiff } from './lossless-diff.js';
import { type DiffPart, parseDiff } from './parse-diff.js';

/** Dropping context is only worth it when it makes the diff clearly smaller than folded headers do. */
const LOSSY_SHARE = 0.97;
/** The lossless form is not written where dropping context left so little: it cannot be as small. */
const PLAINLY_SMALLER = 0.6;
/** Nobody reads so long a diff for what did not change: its changes stand alone. */
const HUGE_TOKENS = 30_000;
/** A name of the question that stands in at most this many hunks asks for all of them. */
const NAMED_HUNKS = 10;
/** Of what stands before a file's hunks, its names are last. */
const HEADER_CHARACTERS = 1000;

/** Diffs: headers folded without loss; or with less context, every changed line as it is. */
export const diffStage: Stage = (input, context) => {
  const lines = input.text.split('\n');
  const parts = parseDiff(lines);
  if (!isDiff(lines, parts)) return 'not_compressible';
  if (context.isLate()) return 'deadline';
  const count = lineCount(input.text, lines);
  const narrowed = narrow(input, lines, parts, context);
  if (narrowed !== undefined && narrowed.text.length < input.text.length * PLAINLY_SMALLER)
    return withTokens(narrowed, input, context);
  const text = encodeLosslessDiff(lines, parts);
  if (context.isLate()) return 'deadline';
  const folded = withTokens(losslessDraft(text, 'diff', count), input, context);
  const lossy = narrowed === undefined ? undefined : withTokens(narrowed, input, context);
  if (lossy === undefined || typeof lossy === 'string') return folded;
  const best = typeof folded === 'string' ? input.tokens : folded.tokens;
  return lossy.tokens < best * LOSSY_SHARE ? lossy : folded;
};

/** A whole hunk, or one of a merge; a list with dashes and a line of plus signs are none. */
function isDiff(lines: readonly string[], parts: readonly DiffPart[]): boolean {
  if (parts.some(({ kind }) => kind === 'hunk')) return true;
  return lines.some((line) => line.startsWith('diff --git ') || line.startsWith('@@@ -'));
}

function narrow(
  { text, tokens }: StageInput,
  lines: readonly string[],
  parts: readonly DiffPart[],
  { config, query, originalHash }: StageContext,
): Draft | undefined {
  if (config.mode === 'lossless') return undefined;
  const isHuge = tokens > HUGE_TOKENS;
  const kept = crushDiff(lines, parts, {
    contextLines: isHuge ? 0 : config.diff.contextLines,
    namesSections: !isHuge,
    asked: askedHunks(lines, parts, query),
  });
  const itemsBefore = lineCount(text, lines);
  const itemsAfter = lineCount(text, kept);
  if (config.mode === 'ccr') {
    kept.length = itemsAfter;
    kept.push(diffMarker(itemsBefore, itemsAfter, originalHash));
  }
  return { text: kept.join('\n'), name: 'diff', isLossy: true, itemsBefore, itemsAfter };
}

/** What follows the last line end is no line. */
function lineCount(text: string, lines: readonly string[]): number {
  return text.endsWith('\n') ? lines.length - 1 : lines.length;
}

/** Hunks that hold what the question names, in their lines or in their files' headers. */
function askedHunks(lines: readonly string[], parts: readonly DiffPart[], question: string): Set<number> {
  if (question === '') return new Set();
  let header = '';
  const texts = parts.map(({ kind, start, end }) => {
    const text = lines.slice(start, end).join('\n');
    if (kind === 'other') header = text.slice(-HEADER_CHARACTERS);
    return kind === 'hunk' ? `${header}\n${text}` : '';
  });
  return new Set(itemsNamed(texts, question, NAMED_HUNKS));
}
