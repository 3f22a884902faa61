import { type JsonNode, stringNode, writeJsonTree } from '#libs/json-text';
import { itemsMarker } from '#libs/ccr';
import type { Stage, StageContext, StageInput, StageOutput } from '../stage.js';
import { shortestForm, usesTableKeys } from './lossless-json.js';
import { packedShare } from './packed-share.js';
import { crushDocument } from './smart-crusher/crush-document.js';
import type { ItemRelevance } from './smart-crusher/judge-group.js';
import { relevanceByMeaning } from './smart-crusher/relevance-by-meaning.js';

/** The key under which an object carries its marker. */
const MARKER_KEY = '"_headroom"';
/** And what it lost, in a few words. */
const LEFT_OUT_KEY = '"_left_out"';
/** Dropping items is only worth it when it makes the text clearly smaller than the lossless form. */
const LOSSY_SHARE = 0.85;
/** Below this share of the minified text, and of what zlib packs it to, no lossless form is made to compare with. */
const SURELY_SMALLER = 0.25;
/** So many characters take long enough to look at the clock in between. */
const LONG = 200_000;
/** Tables below this share of the minified text need not be counted against it. */
const SURELY_FEWER_TOKENS = 0.8;

interface Candidate {
  readonly text: string;
  readonly name: 'json' | 'smart_crusher';
  readonly itemsBefore: number;
  readonly itemsAfter: number;
}

/** JSON: minified and as tables without loss, then SmartCrusher where arrays are still too long. */
export const jsonStage: Stage = async (input, context) => {
  const { document } = input.content;
  if (document === undefined) return 'not_compressible';
  if (input.text.includes(MARKER_KEY)) return 'not_smaller';
  const minified = writeJsonTree(document);
  const canUseTables = !usesTableKeys(minified);
  const isLong = minified.length > LONG;
  const items = topItems(document);
  const lossless = (text: string): Candidate => ({
    text,
    name: 'json',
    itemsBefore: items,
    itemsAfter: items,
  });

  const crushed = await crush(document, context, canUseTables);
  if (isLong && context.isLate()) return 'deadline';
  const candidates: Candidate[] = [];
  if (crushed !== undefined && isSurelySmaller(crushed.text, minified)) candidates.push(crushed);
  else {
    const tabled = canUseTables ? tabledOrMinified(document, minified, context) : minified;
    if (crushed !== undefined && crushed.text.length < tabled.length * LOSSY_SHARE) candidates.push(crushed);
    candidates.push(lossless(tabled));
  }
  return isLong && context.isLate() ? 'deadline' : firstSmaller(candidates, input, context);
};

function isSurelySmaller(crushed: string, minified: string): boolean {
  const share = crushed.length / minified.length;
  return share < SURELY_SMALLER && share < packedShare(minified);
}

/** Where tables make the text only a little shorter, they can make it more tokens all the same. */
function tabledOrMinified(document: JsonNode, minified: string, { counter, isLate }: StageContext): string {
  const tabled = writeJsonTree(shortestForm(document, (text) => counter.countText(text), isLate));
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

async function crush(
  document: JsonNode,
  context: StageContext,
  canUseTables: boolean,
): Promise<Candidate | undefined> {
  const { config, counter, query, originalHash, isLate } = context;
  if (config.mode === 'lossless' || !config.smartCrusher.enabled) return undefined;
  const relevance = await meaning(document, context);
  const crushed = crushDocument(document, config.smartCrusher, query, relevance, isLate);
  if (crushed === undefined) return undefined;
  const { itemsBefore, itemsAfter, leftOut } = crushed;
  const form = canUseTables
    ? shortestForm(crushed.document, (text) => counter.countText(text), isLate)
    : crushed.document;
  const told = leftOut === undefined ? form : withNote(form, LEFT_OUT_KEY, leftOut);
  const marked =
    config.mode === 'lossy_inline'
      ? told
      : withNote(told, MARKER_KEY, itemsMarker(itemsBefore, itemsAfter, originalHash));
  return { text: writeJsonTree(marked), name: 'smart_crusher', itemsBefore, itemsAfter };
}

/** How items are matched with the question where embeddings are asked for and can be had. */
async function meaning(
  document: JsonNode,
  { config: { smartCrusher }, query, tools }: StageContext,
): Promise<ItemRelevance | undefined> {
  if (smartCrusher.relevanceTier === 'bm25' || tools.embedder === undefined) return undefined;
  return relevanceByMeaning(document, smartCrusher, query, tools.embedder);
}

/** A note is the last item of an array, or the last member of an object. */
function withNote(node: JsonNode, key: string, note: string): JsonNode {
  if (node.kind === 'array') return { kind: 'array', items: [...node.items, stringNode(note)] };
  if (node.kind !== 'object') return node;
  return { kind: 'object', keys: [...node.keys, key], values: [...node.values, stringNode(note)] };
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
