/** A run of so many characters of base64 or hex is data that a model cannot read. */
const MIN_RUN = 512;
/** What tells one blob from another, and often what it is: `iVBORw0KGgo` begins every PNG. */
const KEPT_CHARACTERS = 16;
/** Encoders break their lines at 64 to 76 characters or more; lines of hex as long as that are a list of hashes. */
const MIN_WRAPPED_LINE = 60;
/** Random data shows most of its alphabet in so long a run; a drawn line or a repeated word shows little. */
const MIN_DIFFERENT = 20;
const MIN_DIFFERENT_HEX = 8;

/** Four characters stand for three bytes, so a word below a blob is seldom taken for its end. */
const LAST_LINE = /\r?\n(?:[\w+/-]{4}){0,19}(?:[\w+/-]{8}|[\w+/-]{3}=|[\w+/-]{2}==)(?=\r?\n|$)/y;

const OTHER = 0;
const BASE64 = 1;
const HEX = 2;
const CLASSES = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[0-9a-fA-F]/.test(character)) return HEX;
  return /[\w+/=-]/.test(character) ? BASE64 : OTHER;
});

interface Run {
  readonly start: number;
  end: number;
  readonly isHex: boolean;
}

/**
 * Names long runs of base64 and hex instead of showing them: `iVBORw0KGgoAAAAN[base64, 12,345 characters]`. Returns the
 * text itself where there is none.
 */
export function foldBlobs(text: string): string {
  let out = '';
  let from = 0;
  for (const { start, end } of wrapped(text, runsOf(text))) {
    if (end - start < MIN_RUN) continue;
    out += text.slice(from, start + KEPT_CHARACTERS) + noteOn(text.slice(start, end));
    from = end;
  }
  return from === 0 ? text : out + text.slice(from);
}

/** Runs that are long enough to be a blob or one line of it. */
function runsOf(text: string): Run[] {
  const runs: Run[] = [];
  let start = 0;
  let isHex = true;
  for (let at = 0; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : 128;
    const kind = code < 128 ? CLASSES[code] : OTHER;
    if (kind === BASE64) isHex = false;
    if (kind !== OTHER) continue;
    if (at - start >= MIN_WRAPPED_LINE) runs.push({ start, end: at, isHex });
    start = at + 1;
    isHex = true;
  }
  return runs;
}

/** Lines of base64 below each other, and the rest of it in a shorter last one, are one run. */
function wrapped(text: string, runs: readonly Run[]): Run[] {
  const joined = joinedLines(text, runs);
  for (const run of joined) {
    if (run.isHex || !text.slice(run.start, run.start + 400).includes('\n')) continue;
    LAST_LINE.lastIndex = run.end;
    if (LAST_LINE.test(text)) run.end = LAST_LINE.lastIndex;
  }
  return joined;
}

function joinedLines(text: string, runs: readonly Run[]): Run[] {
  const joined: Run[] = [];
  let width = 0;
  for (const run of runs) {
    const last = joined.at(-1);
    const isNext =
      last !== undefined && /^\r?\n$/.test(text.slice(last.end, Math.min(run.start, last.end + 3)));
    if (last !== undefined && isNext && !last.isHex && run.end - run.start <= width) {
      last.end = run.end;
    } else {
      joined.push({ ...run });
      width = run.end - run.start;
    }
  }
  return joined;
}

function noteOn(run: string): string {
  const size = String(run.length).replace(/\B(?=(?:\d{3})+$)/g, ',');
  return `[${kindOf(run)}${size} characters]`;
}

function kindOf(run: string): string {
  const different = new Set(run.slice(0, 4 * MIN_RUN).replace(/\s/g, '')).size;
  if (/^[0-9a-fA-F]+$/.test(run) && different >= MIN_DIFFERENT_HEX) return 'hex, ';
  return different >= MIN_DIFFERENT ? 'base64, ' : '';
}
