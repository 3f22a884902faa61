import { type JsonNode, stringNode, writeJsonTree } from '#libs/json-text';
import { itemsMarker } from '#libs/ccr';
import type { Stage, StageContext, StageInput, StageOutput } from '../stage.js';
import { usesTableKeys, withTables } from './lossless-json.js';
import { crushDocument } from './smart-crusher/crush-document.js';

/** The key under which an object carries its marker. */
const MARKER_KEY = '"_headroom"';
/** Dropping items is only worth it when it makes the text clearly smaller than the lossless form. */
const LOSSY_SHARE = 0.85;
/** No lossless form comes near this share of the minified text, so none is made to compare with. */
const SURELY_SMALLER = 0.1;
/** Tables below this share of the minified text need not be counted against it. */
const SURELY_FEWER_TOKENS = 0.8;

interface Candidate {
  readonly text: string;
  readonly name: 'json' | 'smart_crusher';
  readonly itemsBefore: number;
  readonly itemsAfter: number;
}

/** JSON: minified and as tables without loss, then SmartCrusher where arrays are still too long. */
export const jsonStage: Stage = (input, context) => {
  const { document } = input.content;
  if (document === undefined) return 'not_compressible';
  if (input.text.includes(MARKER_KEY)) return 'not_smaller';
  const minified = writeJsonTree(document);
  const canUseTables = !usesTableKeys(minified);
  const items = topItems(document);
  const lossless = (text: string): Candidate => ({
    text,
    name: 'json',
    itemsBefore: items,
    itemsAfter: items,
  });

  const crushed = canUseTables ? crush(document, context) : undefined;
  const candidates: Candidate[] = [];
  if (crushed !== undefined && crushed.text.length < minified.length * SURELY_SMALLER)
    candidates.push(crushed);
  else {
    const tabled = canUseTables ? tabledOrMinified(document, minified, context) : minified;
    if (crushed !== undefined && crushed.text.length < tabled.length * LOSSY_SHARE) candidates.push(crushed);
    candidates.push(lossless(tabled));
  }
  return firstSmaller(candidates, input, context);
};

/** Where tables make the text only a little shorter, they can make it more tokens all the same. */
function tabledOrMinified(document: JsonNode, minified: string, { counter }: StageContext): string {
  const tabled = writeJsonTree(withTables(document));
  if (tabled.length < minified.length * SURELY_FEWER_TOKENS) return tabled;
  return counter.countText(tabled) < counter.countText(minified) ? tabled : minified;
}

function firstSmaller(
  candidates: readonly Candidate[],
  input: StageInput,
  { counter }: StageContext,
): StageOutput | 'not_smaller' {
  for (const candidate of candidates) {
    if (candidate.text.length >= input.text.length) continue;
    const tokens = counter.countText(candidate.text);
    if (tokens < input.tokens) return { ...candidate, tokens, isLossy: candidate.name === 'smart_crusher' };
  }
  return 'not_smaller';
}

function crush(document: JsonNode, { config, query, originalHash }: StageContext): Candidate | undefined {
  if (config.mode === 'lossless' || !config.smartCrusher.enabled) return undefined;
  const crushed = crushDocument(document, config.smartCrusher, query);
  if (crushed === undefined) return undefined;
  const { itemsBefore, itemsAfter } = crushed;
  const tabled = withTables(crushed.document);
  const marked =
    config.mode === 'lossy_inline'
      ? tabled
      : withMarker(tabled, itemsMarker(itemsBefore, itemsAfter, originalHash));
  return { text: writeJsonTree(marked), name: 'smart_crusher', itemsBefore, itemsAfter };
}

function withMarker(node: JsonNode, marker: string): JsonNode {
  if (node.kind === 'array') return { kind: 'array', items: [...node.items, stringNode(marker)] };
  if (node.kind !== 'object') return node;
  return { kind: 'object', keys: [...node.keys, MARKER_KEY], values: [...node.values, stringNode(marker)] };
}

/** The items of the document, or of its longest array one level down. */
function topItems(document: JsonNode): number {
  if (document.kind === 'array') return document.items.length;
  if (document.kind !== 'object') return 1;
  return document.values.reduce(
    (most, value) => Math.max(most, value.kind === 'array' ? value.items.length : 0),
    1,
  );
}
