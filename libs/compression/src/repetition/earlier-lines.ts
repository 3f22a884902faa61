import type { Place } from './place-names.js';

/** Runs shorter than this say too little to be worth a reference. */
const MIN_LINES = 6;
const MIN_CHARACTERS = 240;
/** What is remembered of a conversation's lines, in characters; what comes later is not referred to. */
const MAX_CHARACTERS = 4_000_000;
const HASH_BASE = 0x01000193;

/** A run of lines that stood before, line for line. */
export interface EarlierRun {
  /** The first line of the text that repeats, and the line after the last one; from 0. */
  readonly start: number;
  readonly end: number;
  /** Where the lines stood. */
  readonly place: Place;
}

/**
 * The lines that stand in a conversation so far. Every window of six lines is known by a hash, so a text is searched in
 * linear time; of several places the latest counts.
 */
export class EarlierLines {
  private readonly ids = new Map<string, number>();
  /** Line by line, all places after one another; -1 ends each. */
  private readonly lines: number[] = [];
  private readonly windows = new Map<number, number>();
  private readonly places: { readonly start: number; readonly place: Place }[] = [];
  private characters = 0;

  add(text: string, place: Place): void {
    if (this.characters + text.length > MAX_CHARACTERS) return;
    const lines = text.split('\n');
    if (lines.length < MIN_LINES) return;
    this.characters += text.length;
    const start = this.lines.length;
    this.places.push({ start, place });
    for (const line of lines) this.lines.push(this.idOf(line));
    for (let at = start; at + MIN_LINES <= this.lines.length; at++) {
      const hash = windowHash(this.lines, at);
      // Within a text the first place leads to the longest run.
      if ((this.windows.get(hash) ?? -1) < start) this.windows.set(hash, at);
    }
    this.lines.push(-1);
  }

  /** The runs of a text's lines that stood before, longest possible from the first on. */
  runsIn(lines: readonly string[]): EarlierRun[] {
    const ids = lines.map((line) => this.ids.get(line) ?? -2);
    const runs: EarlierRun[] = [];
    let next = 0;
    for (let at = 0; at + MIN_LINES <= ids.length;) {
      const found = this.windows.get(windowHash(ids, at));
      const length = found === undefined ? 0 : this.commonLength(ids, at, found);
      if (found === undefined || length < MIN_LINES) {
        at++;
        continue;
      }
      const before = this.commonBefore(ids, at, found, next);
      const place = this.placeOf(found);
      const run = { start: at - before, end: at + length };
      next = at = run.end;
      if (place !== undefined && lengthOf(lines, run) >= MIN_CHARACTERS) runs.push({ ...run, place });
    }
    return runs;
  }

  private idOf(line: string): number {
    const known = this.ids.get(line);
    if (known !== undefined) return known;
    const id = this.ids.size;
    this.ids.set(line, id);
    return id;
  }

  private commonLength(ids: readonly number[], at: number, found: number): number {
    let length = 0;
    while (at + length < ids.length && ids[at + length] === this.lines[found + length]) length++;
    return length;
  }

  private commonBefore(ids: readonly number[], at: number, found: number, first: number): number {
    let length = 0;
    while (at - length > first && ids[at - length - 1] === this.lines[found - length - 1]) length++;
    return length;
  }

  private placeOf(line: number): Place | undefined {
    let low = 0;
    let high = this.places.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.places[middle]?.start ?? 0) <= line) low = middle;
      else high = middle - 1;
    }
    return this.places[low]?.place;
  }
}

/** FNV over line numbers; equal hashes are compared line by line. */
function windowHash(ids: readonly number[], at: number): number {
  let hash = 0x811c9dc5;
  for (let i = at; i < at + MIN_LINES; i++) hash = Math.imul(hash ^ (ids[i] ?? -1), HASH_BASE);
  return hash;
}

function lengthOf(lines: readonly string[], { start, end }: Pick<EarlierRun, 'start' | 'end'>): number {
  let length = 0;
  for (let i = start; i < end; i++) length += (lines[i] ?? '').trim().length;
  return length;
}
