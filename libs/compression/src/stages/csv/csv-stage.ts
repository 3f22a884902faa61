import { itemsMarker } from '#libs/ccr';
import { type JsonNode, writeJsonTree } from '#libs/json-text';
import { crushDocument } from '../json/smart-crusher/crush-document.js';
import { type Draft, losslessDraft, smallerDraft } from '../drafts.js';
import type { Stage, StageContext } from '../stage.js';
import { type DelimitedRows, joinRows, readDelimitedRows } from './delimited-rows.js';
import { type CsvRecords, encodeCsv, recordsOf } from './lossless-csv.js';

/** Hardly any lossless form comes near this share of the text, so none is made to compare with. */
const SURELY_SMALLER = 0.05;

/** CSV and its kin: rows as a table without loss, then SmartCrusher over them where there are still too many. */
export const csvStage: Stage = (input, context) => {
  const table = readDelimitedRows(input.text);
  const read = table && recordsOf(table);
  if (table === undefined || read === undefined) return 'not_compressible';
  const { counter, isLate } = context;
  const lossy = crush(table, read, context);
  if (isLate()) return 'deadline';
  const lossless = (): Draft | undefined => {
    const text = encodeCsv(input.text, table, read, (part) => counter.countText(part), isLate);
    return text === undefined ? undefined : losslessDraft(text, 'csv', read.records.length);
  };
  return smallerDraft({ lossy, lossless, surelySmaller: SURELY_SMALLER }, input, context);
};

/** The names and the rows that matter, as they were written. */
function crush(
  table: DelimitedRows,
  { records }: CsvRecords,
  { config, query, originalHash, isLate }: StageContext,
): Draft | undefined {
  if (config.mode === 'lossless' || !config.smartCrusher.enabled) return undefined;
  const places = [...records.keys()].filter((index) => table.rows[index + 1]?.join('').trim() !== '');
  const items = places.flatMap((index) => records[index] ?? []);
  const crushed = crushDocument({ kind: 'array', items }, config.smartCrusher, query, undefined, isLate);
  if (crushed?.document.kind !== 'array') return undefined;
  const { itemsBefore, itemsAfter, leftOut } = crushed;
  const kept = keptPlaces(items, crushed.document.items).map((place) => (places[place] ?? 0) + 1);
  const lines = [
    joinRows(
      table,
      [0, ...kept].map((index) => table.rows[index] ?? []),
    ),
  ];
  if (leftOut !== undefined) lines.push(`[${leftOut}]`);
  if (config.mode === 'ccr') lines.push(itemsMarker(itemsBefore, itemsAfter, originalHash));
  return { text: lines.join(table.lineEnd), name: 'smart_crusher', isLossy: true, itemsBefore, itemsAfter };
}

/** Where the kept items stood; they come in their order. */
function keptPlaces(items: readonly JsonNode[], kept: readonly JsonNode[]): number[] {
  const texts = items.map(writeJsonTree);
  const places: number[] = [];
  let next = 0;
  for (const item of kept) {
    const place = texts.indexOf(writeJsonTree(item), next);
    if (place < 0) continue;
    places.push(place);
    next = place + 1;
  }
  return places;
}
