import { type Sample, shareOf } from '../sample.js';
import type { DetectedContent } from '../content-kind.js';
import { confidenceOf, type Detector, percent } from './detector.js';
import { isDiagnostic } from './diagnostics.js';
import { startsWithTime } from './line-times.js';

/** `path:12:text`, `path-12-text` and, of `rg --vimgrep`, `path:12:5:text`. */
const HIT = /^(?:[A-Za-z]:[\\/])?[^\s:][^:\n]{0,250}:\d{1,9}[:-]|^[^\s:]{1,250}-\d{1,9}-/;
/** `path:text` as grep prints it without line numbers. */
const UNNUMBERED_HIT =
  /^(?:[A-Za-z]:[\\/])?((?:[\w.@+~()[\]-]{0,80}[/\\]){0,30}[\w.@+~()[\]-]{1,100})[:-](?!\/\/)/;
const PATH = /^(?:[A-Za-z]:[\\/])?(?:[\w.@+~()[\] -]{0,80}[/\\]){0,30}[\w.@+~()[\]-]{1,100}$/;
/** Below the name of their file: `12:text` and `12-text`. */
const HEADED_HIT = /^\d{1,9}[:-]/;
const SEPARATOR = /^--$/;
const MIN_SHARE = 0.6;
const MIN_UNNUMBERED_SHARE = 0.85;
const DIAGNOSTIC_SHARE = 0.3;

/** What grep, ripgrep and their kin print. */
export const detectSearchHits: Detector = (sample) => {
  const { lines, isNumbered } = sample;
  if (isNumbered || lines.length < 2) return undefined;
  const body = lines.filter((line) => !SEPARATOR.test(line));
  if (shareOf(body, isDiagnostic) >= DIAGNOSTIC_SHARE) return undefined;
  const numbered = shareOf(body, isHit);
  if (numbered >= MIN_SHARE && body.length >= 2) return found(numbered, 'path:line:text');
  return headed(sample) ?? unnumbered(body);
};

function found(share: number, form: string): DetectedContent {
  return {
    kind: 'search',
    confidence: confidenceOf(share, 0.9),
    reason: `${percent(share)} of lines are ${form}`,
  };
}

/** A clock such as `12:04:59` is no hit. */
function isHit(line: string): boolean {
  return HIT.test(line) && !startsWithTime(line);
}

/** Ripgrep's own style: the path on a line of its own above its hits; or the hits of one file alone. */
function headed({ spaced }: Sample): DetectedContent | undefined {
  let hits = 0;
  let paths = 0;
  let filled = 0;
  let previous = '';
  for (const line of spaced) {
    if (line !== '' && !SEPARATOR.test(line)) {
      filled++;
      if (HEADED_HIT.test(line) && !startsWithTime(line)) hits++;
      else if (previous === '' && PATH.test(line) && /[./\\]/.test(line)) paths++;
    }
    previous = line;
  }
  const share = (hits + paths) / filled;
  if (filled < 3 || hits < filled * 0.5 || share < 0.9) return undefined;
  if (paths > 0) return found(share, 'paths above line:text');
  return hits >= 3 && ascends(spaced) ? found(share * 0.95, 'line:text') : undefined;
}

/** Line numbers only grow, and leave gaps. */
function ascends(lines: readonly string[]): boolean {
  let last = 0;
  for (const line of lines) {
    const number = /^(\d{1,9})[:-]/.exec(line)?.[1];
    if (number === undefined) continue;
    if (Number(number) <= last) return false;
    last = Number(number);
  }
  return true;
}

function unnumbered(lines: readonly string[]): DetectedContent | undefined {
  if (lines.length < 3) return undefined;
  const share = shareOf(
    lines,
    (line) => isFilePath(UNNUMBERED_HIT.exec(line)?.[1] ?? '') && !startsWithTime(line),
  );
  return share >= MIN_UNNUMBERED_SHARE ? found(share * 0.95, 'path:text') : undefined;
}

/** With a folder or an ending; `key:` and `3.5:` are none. */
function isFilePath(path: string): boolean {
  return /[/\\][^/\\]*\.\w{1,8}$|[/\\].*[/\\]|^[\w@+~-][\w.@+~-]*\.[A-Za-z]\w{0,7}$/.test(path);
}
