import { labelledSets } from '../compression/router-samples.js';

/** Outputs of tools, as agents hand them on, of one kind. */
export interface Outputs {
  readonly kind: string;
  readonly texts: readonly string[];
  /** Arrays, logs, search and HTML are what compression is for. */
  readonly isTarget: boolean;
}

/** Shorter ones cost less than what could be saved. */
const LEAST_CHARACTERS = 2_000;
const ARRAYS = 'JSON arrays';
const TARGETS = [ARRAYS, 'logs', 'search hits', 'HTML'];

const KINDS: Readonly<Record<string, string>> = {
  log: 'logs',
  build_log: 'logs',
  search: 'search hits',
  html: 'HTML',
  diff: 'diffs',
};

/** The real outputs beside the repository, by kind; without them those that the compression benchmark makes. */
export function toolOutputs(): readonly Outputs[] {
  const byKind = new Map<string, string[]>();
  for (const { texts } of labelledSets()) {
    for (const { text, kinds } of texts) {
      if (text.length < LEAST_CHARACTERS) continue;
      const kind = kindOf(kinds[0] ?? '', text);
      if (kind === undefined) continue;
      const known = byKind.get(kind) ?? [];
      known.push(text);
      byKind.set(kind, known);
    }
  }
  return [...byKind]
    .map(([kind, texts]) => ({ kind, texts, isTarget: TARGETS.includes(kind) }))
    .sort((a, b) => Number(b.isTarget) - Number(a.isTarget) || (a.kind < b.kind ? -1 : 1));
}

function kindOf(label: string, text: string): string | undefined {
  if (label.startsWith('code/')) return 'source code';
  if (label === 'json') return isArray(text) ? ARRAYS : 'other JSON';
  return KINDS[label];
}

/** An array of records, or an object that is little else. */
function isArray(text: string): boolean {
  const value = JSON.parse(text) as unknown;
  if (Array.isArray(value)) return true;
  if (typeof value !== 'object' || value === null) return false;
  const largest = Math.max(
    0,
    ...Object.values(value).map((part) => (Array.isArray(part) ? JSON.stringify(part).length : 0)),
  );
  return largest > JSON.stringify(value).length * 0.9;
}
