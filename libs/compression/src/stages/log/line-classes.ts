import { isDigitCode } from './value-ditto.js';

const ZERO = 48;
const FIRST_TABLE = 1024;
/** Beyond so many neighbours in the table a line is a class of its own: nobody can make looking it up slow. */
const MAX_PROBES = 32;

/**
 * Puts lines into classes: two lines are of one class when they differ in digits alone, and a number is 0 in both or
 * in none. Words, shape and role of a line are those of its class, so that they are found once per class.
 */
export class LineClasses {
  /** Of every class the first line's position and hash. */
  private readonly firsts: number[] = [];
  private readonly hashes: number[] = [];
  private table = new Int32Array(FIRST_TABLE).fill(-1);
  private held = 0;

  constructor(private readonly lines: readonly string[]) {}

  /** The class of a line; a new one has the next number. */
  add(index: number): number {
    const line = this.lines[index] ?? '';
    const hash = hashOf(line);
    const { table } = this;
    let slot = hash & (table.length - 1);
    for (let probe = 0; probe < MAX_PROBES; probe++) {
      const known = table[slot] ?? -1;
      if (known < 0) return this.insert(index, hash, slot);
      if (this.hashes[known] === hash && isOfClass(line, this.lines[this.firsts[known] ?? 0] ?? ''))
        return known;
      slot = (slot + 1) & (table.length - 1);
    }
    return this.insert(index, hash, -1);
  }

  private insert(index: number, hash: number, slot: number): number {
    const id = this.firsts.push(index) - 1;
    this.hashes.push(hash);
    if (slot < 0) return id;
    this.table[slot] = id;
    if (++this.held * 2 > this.table.length) this.grow();
    return id;
  }

  private grow(): void {
    const old = this.table;
    const table = new Int32Array(2 * old.length).fill(-1);
    for (const id of old) {
      if (id < 0) continue;
      let slot = (this.hashes[id] ?? 0) & (table.length - 1);
      while ((table[slot] ?? -1) >= 0) slot = (slot + 1) & (table.length - 1);
      table[slot] = id;
    }
    this.table = table;
  }
}

function hashOf(line: string): number {
  let hash = line.length;
  for (let index = 0; index < line.length; index++) {
    const code = line.charCodeAt(index);
    hash = (Math.imul(hash, 31) + (isDigitCode(code) ? ZERO : code)) | 0;
  }
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) ^ (hash >>> 12);
}

function isOfClass(line: string, first: string): boolean {
  if (line.length !== first.length) return false;
  if (line === first) return true;
  for (let index = 0; index < line.length; index++) {
    const code = line.charCodeAt(index);
    const other = first.charCodeAt(index);
    if (code === other) continue;
    if (!isDigitCode(code) || !isDigitCode(other)) return false;
    if ((code === ZERO || other === ZERO) && isSingleDigit(first, index)) return false;
  }
  return true;
}

function isSingleDigit(line: string, index: number): boolean {
  return !isDigitCode(line.charCodeAt(index - 1)) && !isDigitCode(line.charCodeAt(index + 1));
}
