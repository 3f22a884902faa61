import type { LosslessForm } from './lossless-form.js';
import { csvForm } from './stages/csv/lossless-csv.js';
import { diffForm } from './stages/diff/lossless-diff.js';
import { decodeLosslessJson } from './stages/json/lossless-json.js';
import { jsonLinesForm } from './stages/jsonl/lossless-jsonl.js';
import { logForm } from './stages/log/lossless-log.js';
import { searchForm } from './stages/search/read-lossless-search.js';

/** Every lossless form but JSON's tables, which are JSON themselves. */
const FORMS: readonly LosslessForm[] = [logForm, searchForm, diffForm, jsonLinesForm, csvForm];

/**
 * Gives back what a lossless form stands for: text byte for byte, JSON with every literal but without the white space
 * between its tokens. Text in no lossless form comes back as it is.
 */
export function decodeLossless(text: string): string {
  const form = FORMS.find(({ isWritten }) => isWritten(text));
  return form === undefined ? decodeLosslessJson(text) : form.decode(text);
}

/** True for what a stage wrote without loss: written again it would only change. */
export function isLosslessForm(text: string): boolean {
  return FORMS.some(({ isWritten }) => isWritten(text));
}
