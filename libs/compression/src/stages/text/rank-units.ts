import { namesAndNeedlesIn } from './needles.js';
import { scoreUnits } from './score-units.js';
import { splitUnits, type Unit } from './split-units.js';

export interface RankOptions {
  readonly query: string;
  /** Units that match the query at least so well, as a share of the best match, come first. */
  readonly relevanceThreshold: number;
  readonly isLate: () => boolean;
}

/** A text read once; extracts of any length can be taken from it. */
export interface RankedUnits {
  readonly units: readonly Unit[];
  /** Per unit the ids, amounts and dates in it. */
  readonly needles: readonly (readonly string[])[];
  /** The units from the best to the worst. */
  readonly order: readonly number[];
  /** Per unit the head of its table or else the heading above it; -1 where there is none. */
  readonly headOf: readonly number[];
  /** Characters of all different needles as a share of the text. */
  readonly density: number;
}

/** @returns undefined when there was no time for it. */
export function rankUnits(
  text: string,
  { query, relevanceThreshold, isLate }: RankOptions,
): RankedUnits | undefined {
  const units = splitUnits(text);
  const needles: string[][] = [];
  for (const unit of units) {
    if (isLate()) return undefined;
    needles.push(namesAndNeedlesIn(unit.text, unit.kind === 'fence'));
  }
  const scored = scoreUnits(
    units,
    needles.map((each) => each.length),
    query,
    isLate,
  );
  if (scored === undefined) return undefined;
  const { scores, relevance } = scored;
  const isAsked = (at: number): boolean =>
    (relevance[at] ?? 0) >= relevanceThreshold && (relevance[at] ?? 0) > 0;
  const order = [...units.keys()].sort(
    (a, b) => Number(isAsked(b)) - Number(isAsked(a)) || (scores[b] ?? 0) - (scores[a] ?? 0) || a - b,
  );
  return { units, needles, order, headOf: headsOf(units), density: densityOf(needles, text) };
}

function densityOf(needles: readonly (readonly string[])[], text: string): number {
  let length = 0;
  for (const needle of new Set(needles.flat())) length += needle.length;
  return length / Math.max(1, text.length);
}

function headsOf(units: readonly Unit[]): number[] {
  let heading = -1;
  let table = -1;
  return units.map(({ kind }, at) => {
    if (kind === 'heading') heading = at;
    if (kind === 'table_head') table = at;
    else if (kind !== 'row') table = -1;
    return kind === 'row' && table !== -1 ? table : heading;
  });
}
