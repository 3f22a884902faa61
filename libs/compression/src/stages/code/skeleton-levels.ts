import type { CodeConfig } from '../../compression-config.js';
import type { PlaceholderStyle } from './placeholder-edits.js';

/** How much of a file stays. */
export interface SkeletonLevel extends PlaceholderStyle {
  readonly bodyLines: number;
  readonly handlerLines: number;
  /** Longer collections of values outside of functions are cut to this many lines. */
  readonly literalLines: number;
  /** Comments that document a declaration keep their first line. */
  readonly keepsDocs: boolean;
  /** Functions that are one expression of at least this many characters are cut as others are. */
  readonly minExpression: number;
  /** Functions whose name begins with an underscore keep their docstring. */
  readonly keepsPrivateDocs: boolean;
  /** Statements of fewer characters stay: what stands for them is no shorter. */
  readonly minCut: number;
}

export const SHORTEST: SkeletonLevel = {
  bodyLines: 0,
  handlerLines: 0,
  literalLines: 3,
  keepsDocs: false,
  uncountedLines: 10,
  isInline: true,
  minExpression: 30,
  keepsPrivateDocs: false,
  minCut: 16,
};

/** From the fullest form on; the first that is short enough is taken. */
export function fullerLevels({ maxBodyLines }: CodeConfig): SkeletonLevel[] {
  const full = {
    handlerLines: 3,
    literalLines: 12,
    keepsDocs: true,
    uncountedLines: 0,
    isInline: false,
    minExpression: Infinity,
    keepsPrivateDocs: true,
    minCut: 40,
  };
  return [
    { ...full, bodyLines: maxBodyLines },
    { ...full, bodyLines: Math.ceil(maxBodyLines / 2) },
    { ...full, bodyLines: Math.min(1, maxBodyLines), handlerLines: 2, literalLines: 8 },
    { ...full, bodyLines: 0, handlerLines: 1, literalLines: 5 },
  ];
}
