import { needlesIn } from './needles.js';
import { scoreUnits } from './score-units.js';
import { splitUnits, type Unit } from './split-units.js';

export interface ExtractOptions {
  readonly query: string;
  /** Share of the characters to keep. */
  readonly share: number;
  /** Units that match the query at least so well, as a share of the best match, are taken first. */
  readonly relevanceThreshold: number;
  readonly isLate: () => boolean;
}

export interface Extract {
  readonly text: string;
  readonly linesBefore: number;
  readonly linesAfter: number;
  readonly isComplete: boolean;
}

/** Headings stay unless they are more than this of what may be kept. */
const MAX_HEADING_SHARE = 0.4;
/** Needles of what is left out are told in its place, as long as they cost no more than this of the budget. */
const NEEDLE_SHARE = 0.08;
/** What `[… ]` costs around the needles. */
const ELISION_CHARACTERS = 5;

/**
 * Keeps the units of a text that say most, in their order and as they are; `[…]` stands for what is left out.
 * @returns undefined when there was no time for it.
 */
export function extractText(text: string, options: ExtractOptions): Extract | undefined {
  const units = splitUnits(text);
  const needles: string[][] = [];
  for (const unit of units) {
    if (options.isLate()) return undefined;
    needles.push(needlesIn(unit.text));
  }
  const kept = selectUnits(units, needles, text.length * options.share, options);
  if (kept === undefined) return undefined;
  return writeExtract(text, units, kept, needles, text.length * options.share * NEEDLE_SHARE);
}

function selectUnits(
  units: readonly Unit[],
  needles: readonly (readonly string[])[],
  budget: number,
  { query, relevanceThreshold, isLate }: ExtractOptions,
): boolean[] | undefined {
  const kept = units.map(() => false);
  let left = budget * (1 - NEEDLE_SHARE);
  const take = (at: number): void => {
    const unit = units[at];
    if (unit === undefined || kept[at] === true) return;
    kept[at] = true;
    left -= unit.text.length + 1;
    if (unit.kind === 'row') take(headOfTable(units, at));
  };
  const headings = [...units.keys()].filter((at) => units[at]?.kind === 'heading');
  const headingLength = headings.reduce((sum, at) => sum + (units[at]?.text.length ?? 0), 0);
  const keepsHeadings = headingLength <= budget * MAX_HEADING_SHARE;
  if (keepsHeadings) headings.forEach(take);

  const counts = needles.map((each) => each.length);
  const scored = scoreUnits(units, counts, query, isLate);
  if (scored === undefined) return undefined;
  const { scores, relevance } = scored;
  const isAsked = (at: number): boolean =>
    (relevance[at] ?? 0) >= relevanceThreshold && (relevance[at] ?? 0) > 0;
  const ranked = [...units.keys()].sort(
    (a, b) => Number(isAsked(b)) - Number(isAsked(a)) || (scores[b] ?? 0) - (scores[a] ?? 0) || a - b,
  );
  const told = new Set<string>();
  const fill = (): void => {
    for (const at of ranked) {
      const unit = units[at];
      if (unit === undefined || kept[at] === true || unit.text.length > left) continue;
      const said = unit.text.replace(/\s+/g, ' ');
      if (told.has(said)) continue;
      told.add(said);
      take(at);
      if (!keepsHeadings) take(headingOf(units, at));
    }
  };
  fill();
  // What the needles of the rest do not need goes to further units.
  left += Math.max(0, budget * NEEDLE_SHARE - lengthOfNeedles(needles, kept));
  fill();
  return kept;
}

function lengthOfNeedles(needles: readonly (readonly string[])[], kept: readonly boolean[]): number {
  const missing = new Set(needles.flatMap((each, at) => (kept[at] === true ? [] : each)));
  let length = 0;
  for (const needle of missing) length += needle.length + 2;
  return length;
}

function headOfTable(units: readonly Unit[], row: number): number {
  let at = row;
  while (units[at]?.kind === 'row') at--;
  return units[at]?.kind === 'table_head' ? at : -1;
}

function headingOf(units: readonly Unit[], at: number): number {
  const section = units[at]?.section;
  let heading = at;
  while (heading >= 0 && units[heading]?.kind !== 'heading') heading--;
  return units[heading]?.section === section ? heading : -1;
}

function writeExtract(
  text: string,
  units: readonly Unit[],
  kept: readonly boolean[],
  needles: readonly (readonly string[])[],
  needleBudget: number,
): Extract {
  const seen = new Set(needles.flatMap((each, at) => (kept[at] === true ? each : [])));
  let budget = needleBudget;
  let out = text.slice(0, text.length - text.trimStart().length);
  let isComplete = true;
  for (let at = 0; at < units.length; at++) {
    const unit = units[at];
    if (unit === undefined) continue;
    if (kept[at] === true) {
      out += unit.text + unit.gap;
      continue;
    }
    isComplete = false;
    const told: string[] = [];
    let end = at;
    for (; end < units.length && kept[end] !== true; end++) {
      for (const needle of needles[end] ?? []) {
        if (seen.has(needle) || budget < needle.length + 2) continue;
        seen.add(needle);
        budget -= needle.length + 2;
        told.push(needle);
      }
    }
    const last = units[end - 1];
    out += elision(told) + (last?.gap ?? '');
    budget -= ELISION_CHARACTERS;
    at = end - 1;
  }
  return {
    text: out.trimEnd(),
    linesBefore: countLines(text),
    linesAfter: countLines(out.trimEnd()),
    isComplete,
  };
}

function elision(needles: readonly string[]): string {
  return needles.length === 0 ? '[…]' : `[… ${needles.join(', ')}]`;
}

/** True for what holds the mark of something left out. */
export function hasElisions(text: string): boolean {
  return text.includes('[…]') || text.includes('[… ');
}

function countLines(text: string): number {
  let count = 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
