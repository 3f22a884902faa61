import { itemsMarker, linesMarker } from '#libs/ccr';
import { type JsonNode, stringNode, stringOfLiteral } from '#libs/json-text';
import { type Draft, losslessDraft, smallerDraft } from '../drafts.js';
import { shortenEmbeddedTexts } from '../json/embedded-texts.js';
import { crushDocument } from '../json/smart-crusher/crush-document.js';
import type { Stage, StageContext } from '../stage.js';
import { encodeJsonLines } from './lossless-jsonl.js';
import { joinLines, lineOf, readRecordLines, type RecordLines } from './record-lines.js';

/** Hardly any lossless form comes near this share of the text, so none is made to compare with. */
const SURELY_SMALLER = 0.05;

/** JSON Lines: their records as a table without loss, then SmartCrusher over them where there are still too many. */
export const jsonlStage: Stage = async (input, context) => {
  const read = readRecordLines(input.text);
  const { counter, isLate } = context;
  const lossy = await crush(read, context);
  if (isLate()) return 'deadline';
  const lossless = (): Draft | undefined => {
    const text = encodeJsonLines(input.text, read, (part) => counter.countText(part), isLate);
    return text === undefined ? undefined : losslessDraft(text, 'jsonl', read.records.length);
  };
  return smallerDraft({ lossy, lossless, surelySmaller: SURELY_SMALLER }, input, context);
};

/**
 * The records that matter, one per line as before, with long texts inside shortened; blank lines go, other lines are
 * judged as texts.
 */
async function crush(
  { lines, records, style, lineEnd }: RecordLines,
  context: StageContext,
): Promise<Draft | undefined> {
  const { config, query, originalHash, isLate } = context;
  if (config.mode === 'lossless') return undefined;
  const lineOfItem = new Map<JsonNode, string>();
  const items: JsonNode[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const item = records[index] ?? stringNode(line);
    lineOfItem.set(item, line);
    items.push(item);
  }
  const document: JsonNode = { kind: 'array', items };
  const crushed = config.smartCrusher.enabled
    ? crushDocument(document, config.smartCrusher, query, undefined, isLate)
    : undefined;
  const shortened = await shortenEmbeddedTexts(crushed?.document ?? document, context);
  const changed = shortened ?? crushed;
  if (changed?.document.kind !== 'array') return undefined;
  const { itemsBefore, itemsAfter } = crushed ?? changed;
  const kept = changed.document.items.map((item) => {
    const line = lineOfItem.get(item);
    if (line !== undefined) return line;
    return item.kind === 'string' ? stringOfLiteral(item.text) : lineOf(item, style);
  });
  if (crushed?.leftOut !== undefined) kept.push(`[${crushed.leftOut}]`);
  const marker = crushed === undefined ? linesMarker : itemsMarker;
  if (config.mode === 'ccr') kept.push(marker(itemsBefore, itemsAfter, originalHash));
  const name = crushed === undefined ? 'jsonl' : 'smart_crusher';
  return { text: joinLines(kept, lineEnd), name, isLossy: true, itemsBefore, itemsAfter };
}
