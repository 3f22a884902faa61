import { itemsMarker } from '#libs/ccr';
import { type JsonNode, stringNode } from '#libs/json-text';
import { crushDocument } from '../json/smart-crusher/crush-document.js';
import type { Stage, StageContext, StageOutput } from '../stage.js';
import { encodeJsonLines } from './lossless-jsonl.js';
import { joinLines, lineOf, readRecordLines, type RecordLines } from './record-lines.js';

/** Dropping records is only worth it when it makes the text clearly smaller than the lossless form. */
const LOSSY_SHARE = 0.85;

/** JSON Lines: their records as a table without loss, then SmartCrusher over them where there are still too many. */
export const jsonlStage: Stage = (input, context) => {
  const read = readRecordLines(input.text);
  const { counter, isLate } = context;
  const lossless = encodeJsonLines(input.text, read, (text) => counter.countText(text), isLate);
  const outputs: Omit<StageOutput, 'tokens'>[] = [];
  const crushed = crush(read, context);
  if (isLate()) return 'deadline';
  const shortest = Math.min(lossless?.length ?? input.text.length, input.text.length);
  if (crushed !== undefined && crushed.text.length < shortest * LOSSY_SHARE) outputs.push(crushed);
  const count = read.records.length;
  if (lossless !== undefined) {
    outputs.push({ text: lossless, name: 'jsonl', isLossy: false, itemsBefore: count, itemsAfter: count });
  }
  for (const output of outputs) {
    if (output.text.length >= input.text.length) continue;
    const tokens = counter.countText(output.text);
    if (tokens < input.tokens) return { ...output, tokens };
  }
  return 'not_smaller';
};

/** The records that matter, one per line as before; blank lines go, other lines are judged as texts. */
function crush(
  { lines, records, style, lineEnd }: RecordLines,
  { config, query, originalHash, isLate }: StageContext,
): Omit<StageOutput, 'tokens'> | undefined {
  if (config.mode === 'lossless' || !config.smartCrusher.enabled) return undefined;
  const lineOfItem = new Map<JsonNode, string>();
  const items: JsonNode[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const item = records[index] ?? stringNode(line);
    lineOfItem.set(item, line);
    items.push(item);
  }
  const crushed = crushDocument({ kind: 'array', items }, config.smartCrusher, query, undefined, isLate);
  if (crushed?.document.kind !== 'array') return undefined;
  const { itemsBefore, itemsAfter, leftOut } = crushed;
  const kept = crushed.document.items.map((item) => lineOfItem.get(item) ?? lineOf(item, style));
  if (leftOut !== undefined) kept.push(`[${leftOut}]`);
  if (config.mode === 'ccr') kept.push(itemsMarker(itemsBefore, itemsAfter, originalHash));
  return { text: joinLines(kept, lineEnd), name: 'smart_crusher', isLossy: true, itemsBefore, itemsAfter };
}
