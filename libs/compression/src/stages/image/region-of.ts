import type { Region } from './image-codec.js';

const HALF = 0.5;
/** What is asked for may reach a little over the middle. */
const MARGIN = 0.1;

type Side = 'low' | 'middle' | 'high';

/**
 * The part of an image that a question names by its place, such as "the top left corner" or "the bottom half";
 * undefined when it names none, or all of it.
 */
export function regionOf(question: string): Region | undefined {
  const words = question.toLowerCase();
  if (!/\b(?:corner|half|side|part|area|region|section|edge|quadrant|portion|third)\b/.test(words))
    return undefined;
  const across = sideOf(words, /\b(?:left|left-hand)\b/, /\b(?:right|right-hand)\b/);
  const down = sideOf(words, /\b(?:top|upper)\b/, /\b(?:bottom|lower)\b/);
  if (across === undefined || down === undefined) return undefined;
  if (across === 'middle' && down === 'middle') return undefined;
  const [left, width] = span(across);
  const [top, height] = span(down);
  return { left, top, width, height };
}

/** Undefined when both ends are named: such a question is about the whole. */
function sideOf(words: string, low: RegExp, high: RegExp): Side | undefined {
  const [isLow, isHigh] = [low.test(words), high.test(words)];
  if (isLow && isHigh) return undefined;
  return isLow ? 'low' : isHigh ? 'high' : 'middle';
}

function span(side: Side): [start: number, length: number] {
  if (side === 'middle') return [0, 1];
  return side === 'low' ? [0, HALF + MARGIN] : [HALF - MARGIN, HALF + MARGIN];
}
