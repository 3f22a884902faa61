import type { RankedUnits } from './rank-units.js';

export interface Extract {
  readonly text: string;
  readonly isComplete: boolean;
}

/** Headings stay unless they are more than this of what may be kept. */
const MAX_HEADING_SHARE = 0.4;
/** Needles of what is left out are told in its place, as long as they cost no more than this of the budget. */
const NEEDLE_SHARE = 0.08;
/** In the documentation of code most that is asked for later is a name. */
const MAX_NEEDLE_SHARE = 0.3;
const NEEDLE_SHARE_BY_DENSITY = 2;
/** What `[… ]` costs around the needles. */
const ELISION_CHARACTERS = 5;

/** Keeps the units of a text that say most, in their order and as they are; `[…]` stands for what is left out. */
export function extractText(text: string, ranked: RankedUnits, share: number): Extract {
  const budget = text.length * share;
  const needleShare = Math.min(
    MAX_NEEDLE_SHARE,
    Math.max(NEEDLE_SHARE, ranked.density * NEEDLE_SHARE_BY_DENSITY),
  );
  const kept = selectUnits(ranked, budget, budget * needleShare);
  return writeExtract(text, ranked, kept, budget * needleShare);
}

function selectUnits(
  { units, needles, order, headOf }: RankedUnits,
  budget: number,
  needleBudget: number,
): boolean[] {
  const kept = units.map(() => false);
  let left = budget - needleBudget;
  const take = (at: number): void => {
    const unit = units[at];
    if (unit === undefined || kept[at] === true) return;
    kept[at] = true;
    left -= unit.text.length + 1;
  };
  const headings = [...units.keys()].filter((at) => units[at]?.kind === 'heading');
  const headingLength = headings.reduce((sum, at) => sum + (units[at]?.text.length ?? 0), 0);
  const keepsHeadings = headingLength <= budget * MAX_HEADING_SHARE;
  if (keepsHeadings) headings.forEach(take);

  const told = new Set<string>();
  const fill = (): void => {
    for (const at of order) {
      const unit = units[at];
      if (unit === undefined || kept[at] === true || unit.text.length > left) continue;
      const said = unit.text.replace(/\s+/g, ' ');
      if (told.has(said)) continue;
      told.add(said);
      take(at);
      const head = headOf[at] ?? -1;
      if (unit.kind === 'row' || !keepsHeadings) take(head);
    }
  };
  fill();
  // What the needles of the rest do not need goes to further units.
  left += Math.max(0, needleBudget - lengthOfNeedles(needles, kept));
  fill();
  return kept;
}

function lengthOfNeedles(needles: readonly (readonly string[])[], kept: readonly boolean[]): number {
  const missing = new Set(needles.flatMap((each, at) => (kept[at] === true ? [] : each)));
  let length = 0;
  for (const needle of missing) length += needle.length + 2;
  return length;
}

function writeExtract(
  text: string,
  { units, needles }: RankedUnits,
  kept: readonly boolean[],
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

/** Lines, an empty last one included. */
export function countLines(text: string): number {
  let count = 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
