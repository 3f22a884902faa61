import { linesMarker } from '#libs/ccr';
import { relevantItems } from '../../query-relevance.js';
import { type Draft, LOSSY_SHARE, firstSmaller, losslessDraft } from '../drafts.js';
import type { Stage, StageContext, StageInput } from '../stage.js';
import { crushLog } from './crush-log.js';
import { type TemplatedLines, findTemplates } from './find-templates.js';
import { hasTerminalCodes, shownLine } from './line-text.js';
import { encodeLosslessLog } from './lossless-log.js';

/** A log of fewer lines is only told without loss. */
const MIN_LINES_TO_CRUSH = 50;
/** No lossless form is smaller than this share of its log: what is below it need not be compared with one. */
const SMALLEST_LOSSLESS_SHARE = 0.12;
/** The lossless form of longer logs takes many times their memory: there the lossy form stands from half the size. */
const LONG_CHARACTERS = 16_000_000;
const SHARE_OF_LONG = 0.5;
/** Lines that answer the user's question stay, at most this many. */
const MAX_RELEVANT = 15;
/** Lines of a program's log tell their time. */
const TIME = /\d{1,2}:\d{2}:\d{2}|\b1\d{9}\b|\d{4}[-/.]\d{2}[-/.]\d{2}/;
const TIME_CHARACTERS = 100;
const TIMED_SHARE = 0.5;
const SAMPLED_LINES = 500;

/** What a terminal shows of progress bars is at most this share of what was written. */
const WRITTEN_OVER_SHARE = 0.5;

interface Crushed {
  readonly told: Draft;
  /** The templates that it was told by, where they are those of the very lines of the text. */
  readonly templated: TemplatedLines | undefined;
}

/** Logs: as templates without loss, then each pattern once with its count where the log is long. */
export const logStage: Stage = (input, context) => {
  const lines = input.text.split('\n');
  const { told: crushed, templated } = crush(lines, input, context) ?? {};
  if (context.isLate()) return 'deadline';
  const { length } = input.text;
  const smallEnough = length * (length > LONG_CHARACTERS ? SHARE_OF_LONG : SMALLEST_LOSSLESS_SHARE);
  if (crushed !== undefined && crushed.text.length < smallEnough) {
    return firstSmaller([crushed], input, context);
  }
  const lossless = encodeLosslessLog(input.text, { templated, isLate: context.isLate });
  if (lossless === undefined || context.isLate()) return 'deadline';
  const outputs: Draft[] = [];
  if (crushed !== undefined && crushed.text.length < Math.min(lossless.length, length) * LOSSY_SHARE) {
    outputs.push(crushed);
  }
  outputs.push(losslessDraft(lossless, 'log', lines.length));
  return firstSmaller(outputs, input, context);
};

function crush(
  raw: readonly string[],
  { text, content }: StageInput,
  { config, query, originalHash, isLate }: StageContext,
): Crushed | undefined {
  if (config.mode === 'lossless') return undefined;
  const hasCodes = hasTerminalCodes(text);
  const lines = hasCodes ? raw.map(shownLine) : raw;
  if (raw.length < MIN_LINES_TO_CRUSH && !isWrittenOver(lines, text)) return undefined;
  const ignoresPadding = text.includes('  ');
  const templated = findTemplates(lines, { ignoresPadding, isLate });
  if (templated === undefined) return undefined;
  const { named, ranked } = relevantItems(lines, query, config.smartCrusher.relevanceThreshold);
  const {
    text: told,
    linesBefore,
    linesAfter,
  } = crushLog(lines, templated, {
    relevant: new Set([...named, ...ranked].slice(0, MAX_RELEVANT)),
    keepsEvents: content.kind !== 'build_log' && isTimed(lines),
  });
  const marker = config.mode === 'ccr' ? `\n${linesMarker(linesBefore, linesAfter, originalHash)}` : '';
  return {
    told: {
      text: told + marker,
      name: 'log',
      isLossy: true,
      itemsBefore: linesBefore,
      itemsAfter: linesAfter,
    },
    templated: hasCodes || ignoresPadding ? undefined : templated,
  };
}

function isWrittenOver(lines: readonly string[], text: string): boolean {
  return lines.reduce((sum, line) => sum + line.length + 1, 0) < text.length * WRITTEN_OVER_SHARE;
}

function isTimed(lines: readonly string[]): boolean {
  const step = Math.max(1, Math.floor(lines.length / SAMPLED_LINES));
  let sampled = 0;
  let timed = 0;
  for (let index = 0; index < lines.length; index += step) {
    const line = lines[index] ?? '';
    if (line === '') continue;
    sampled++;
    if (TIME.test(line.slice(0, TIME_CHARACTERS))) timed++;
  }
  return timed >= sampled * TIMED_SHARE;
}
