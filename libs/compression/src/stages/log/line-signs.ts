import { LINE_CHARACTERS, type LineRole, roleOfLine } from './classify-lines.js';

/** What a line says of the block that it begins or belongs to; bits, so that a line's signs are one number. */
export const Sign = {
  section: 1,
  failedTest: 2,
  pythonTrace: 4,
  goTrace: 8,
  rustTrace: 16,
  frame: 32,
  thrown: 64,
} as const;

/** A line with none of these begins neither a trace nor a failure. */
export const BEGINS_BLOCK =
  Sign.section |
  Sign.failedTest |
  Sign.pythonTrace |
  Sign.goTrace |
  Sign.rustTrace |
  Sign.frame |
  Sign.thrown;

/** Jest and Vitest mark a failed test with a dot, Mocha and RSpec number it. */
const FAILED_TEST = /^\s{0,8}● \S|^\s{1,12}\d{1,4}\) \S/;
const SECTION = /^\s*={3,}/;
const PYTHON_TRACE = /^\s*(?:\+ )?(?:Exception Group )?Traceback \(most recent call last\)/;
const GO_TRACE = /^(?:panic: |fatal error: |goroutine \d+ \[)/;
const RUST_TRACE = /^\s*thread '.{1,100}' panicked|^stack backtrace:/;
const FRAME = /^\s{1,16}at \S|^\s*Caused by:|^\s{1,8}\.{3} \d+ (?:more|common frames)/;
const THROWN = /(?:Exception|Error|Throwable|Panic|Fault)\b|\bpanicked\b|^\s*Stack ?trace:|^Unhandled /;
/** The first characters of all signs that stand at the beginning of a line, blanks apart; `@` stands for digits. */
const OPENINGS = new Set('●@=+ETpfgtsaC.');

const AT_START: readonly (readonly [number, RegExp])[] = [
  [Sign.section, SECTION],
  [Sign.failedTest, FAILED_TEST],
  [Sign.pythonTrace, PYTHON_TRACE],
  [Sign.goTrace, GO_TRACE],
  [Sign.rustTrace, RUST_TRACE],
  [Sign.frame, FRAME],
];

/** Signs and roles of lines, found once for all lines of a class. */
export class LineSigns {
  private readonly roles: (LineRole | undefined)[] = [];
  private readonly signs: number[] = [];

  constructor(
    readonly lines: readonly string[],
    private readonly classOf: Int32Array,
  ) {}

  role(index: number): LineRole {
    const id = this.classOf[index] ?? -1;
    return (this.roles[id] ??= roleOfLine(this.lines[index] ?? ''));
  }

  /** Whether a line has one of these signs; one beyond the end has none. */
  has(index: number, signs: number): boolean {
    const id = this.classOf[index] ?? -1;
    return id >= 0 && ((this.signs[id] ??= signsOf(this.text(index))) & signs) !== 0;
  }

  /** The beginning of a line, by which it is judged. */
  text(index: number): string {
    const line = this.lines[index] ?? '';
    return line.length > LINE_CHARACTERS ? line.slice(0, LINE_CHARACTERS) : line;
  }
}

function signsOf(line: string): number {
  let signs = THROWN.test(line) ? Sign.thrown : 0;
  const opening = line.trimStart().charAt(0);
  if (!OPENINGS.has(opening >= '0' && opening <= '9' ? '@' : opening)) return signs;
  for (const [sign, pattern] of AT_START) if (pattern.test(line)) signs |= sign;
  return signs;
}
