import { linesMarker } from '#libs/ccr';
import { relevantItems } from '../../query-relevance.js';
import type { Stage, StageContext, StageInput, StageOutput } from '../stage.js';
import { crushLog } from './crush-log.js';
import { findTemplates, type TemplatedLines } from './find-templates.js';
import { encodeLosslessLog } from './lossless-log.js';

/** A log of fewer lines is only told without loss. */
const MIN_LINES_TO_CRUSH = 50;
/** Dropping lines is only worth it when it makes the text clearly smaller than the lossless form. */
const LOSSY_SHARE = 0.85;
/** Lines that answer the user's question stay, at most this many. */
const MAX_RELEVANT = 15;

/** Logs: as templates without loss, then each pattern once with its count where the log is long. */
export const logStage: Stage = (input, context) => {
  const lines = input.text.split('\n');
  const templated = findTemplates(lines);
  const lossless = encodeLosslessLog(input.text, templated);
  const outputs: Omit<StageOutput, 'tokens'>[] = [];
  const crushed = crush(lines, templated, context);
  if (
    crushed !== undefined &&
    crushed.text.length < Math.min(lossless.length, input.text.length) * LOSSY_SHARE
  ) {
    outputs.push(crushed);
  }
  const count = lines.length;
  outputs.push({ text: lossless, name: 'log', isLossy: false, itemsBefore: count, itemsAfter: count });
  return firstSmaller(outputs, input, context);
};

function firstSmaller(
  outputs: readonly Omit<StageOutput, 'tokens'>[],
  input: StageInput,
  { counter }: StageContext,
): StageOutput | 'not_smaller' {
  for (const output of outputs) {
    if (output.text.length >= input.text.length) continue;
    const tokens = counter.countText(output.text);
    if (tokens < input.tokens) return { ...output, tokens };
  }
  return 'not_smaller';
}

function crush(
  lines: readonly string[],
  templated: TemplatedLines,
  { config, query, originalHash }: StageContext,
): Omit<StageOutput, 'tokens'> | undefined {
  if (config.mode === 'lossless' || lines.length < MIN_LINES_TO_CRUSH) return undefined;
  const { named, ranked } = relevantItems(lines, query, config.smartCrusher.relevanceThreshold);
  const relevant = new Set([...named, ...ranked].slice(0, MAX_RELEVANT));
  const { text, linesBefore, linesAfter } = crushLog(lines, templated, relevant);
  const marker = config.mode === 'ccr' ? `\n${linesMarker(linesBefore, linesAfter, originalHash)}` : '';
  return {
    text: text + marker,
    name: 'log',
    isLossy: true,
    itemsBefore: linesBefore,
    itemsAfter: linesAfter,
  };
}
