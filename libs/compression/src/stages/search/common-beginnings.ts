/** Texts are looked at in an even sample of this many, and only so far. */
const SAMPLE = 800;
const BEGINNING_CHARACTERS = 64;
const BEGINNING_PIECES = 24;
/** What naming a beginning costs beside its own text, in tokens. */
const NAMING_COST = 3;
/** A beginning pays when it saves at least this many tokens. */
const MIN_GAIN = 6;

interface Candidate {
  readonly beginning: string;
  /** Tokens saved each time it is named instead of written; a letter right after the name costs nothing. */
  readonly saves: number;
  count: number;
}

/** The at most `most` beginnings of texts that save most tokens when each is written once and named afterwards. */
export function commonBeginnings(texts: readonly string[], most: number): string[] {
  const step = Math.max(1, Math.ceil(texts.length / SAMPLE));
  const candidates = new Map<string, Candidate>();
  for (let index = 0; index < texts.length; index += step) countBeginnings(texts[index] ?? '', candidates);
  const open = [...candidates.values()].filter(({ count, saves }) => count > 2 && saves > 0);
  const chosen: string[] = [];
  while (chosen.length < most) {
    const best = bestOf(open, step);
    if (best === undefined) break;
    chosen.push(best.beginning);
    const { count } = best;
    for (const other of open) {
      if (other.beginning.startsWith(best.beginning)) other.count = 0;
      else if (best.beginning.startsWith(other.beginning)) other.count -= count;
    }
  }
  return chosen;
}

/** Cuts after every word and every other character. */
function countBeginnings(text: string, candidates: Map<string, Candidate>): void {
  const start = text.slice(0, BEGINNING_CHARACTERS);
  let pieces = 0;
  let tokens = 0;
  for (let at = 0; at < start.length && pieces < BEGINNING_PIECES; pieces++) {
    const end = endOfPiece(start, at);
    const isBlank = start.charCodeAt(at) <= 0x20;
    // A single blank before a word is part of the word's token.
    tokens += isBlank && end - at === 1 ? 0.2 : 1;
    at = end;
    if (isBlank || (at === start.length && at < text.length)) continue;
    const beginning = start.slice(0, at);
    const known = candidates.get(beginning);
    if (known === undefined) candidates.set(beginning, { beginning, saves: tokens - 1, count: 1 });
    else known.count++;
  }
}

function endOfPiece(text: string, start: number): number {
  const kind = kindOf(text.charCodeAt(start));
  let end = start + 1;
  if (kind === 'mark') return end;
  while (end < text.length && kindOf(text.charCodeAt(end)) === kind) end++;
  return end;
}

function kindOf(code: number): 'word' | 'blank' | 'mark' {
  if (code === 0x20 || code === 0x09) return 'blank';
  const lower = code | 0x20;
  const isWord =
    (lower >= 0x61 && lower <= 0x7a) || (code >= 0x30 && code <= 0x39) || code === 0x5f || code > 0x7f;
  return isWord ? 'word' : 'mark';
}

function bestOf(open: readonly Candidate[], step: number): Candidate | undefined {
  let best: Candidate | undefined;
  let most = MIN_GAIN;
  for (const candidate of open) {
    const gain = candidate.count * step * candidate.saves - candidate.saves - 1 - NAMING_COST;
    if (gain > most) {
      best = candidate;
      most = gain;
    }
  }
  return best;
}
