import { type JsonNode, stringNode, writeJsonTree, writtenJsonLength } from '#libs/json-text';
import { itemsMarker, linesMarker } from '#libs/ccr';
import { type Draft, LOSSY_SHARE, firstSmaller, losslessDraft } from '../drafts.js';
import type { Stage, StageContext } from '../stage.js';
import { shortenEmbeddedTexts } from './embedded-texts.js';
import { isShortForm, shortestForm, usesTableKeys } from './lossless-json.js';
import { packedShare } from './packed-share.js';
import { crushDocument } from './smart-crusher/crush-document.js';
import type { ItemRelevance } from './smart-crusher/judge-group.js';
import { relevanceByMeaning } from './smart-crusher/relevance-by-meaning.js';

/** The key under which an object carries its marker. */
const MARKER_KEY = '"_headroom"';
/** And what it lost, in a few words. */
const LEFT_OUT_KEY = '"_left_out"';
/** Below this share of the minified text, and of what zlib packs it to, no lossless form is made to compare with. */
const SURELY_SMALLER = 0.25;
/** So many characters take long enough to look at the clock in between. */
const LONG = 200_000;
/** Tables below this share of the minified text need not be counted against it. */
const SURELY_FEWER_TOKENS = 0.8;

/** JSON: minified and as tables without loss, then SmartCrusher where arrays are still too long. */
export const jsonStage: Stage = async (input, context) => {
  const { document } = input.content;
  if (document === undefined) return 'not_compressible';
  if (input.text.includes(MARKER_KEY)) return 'not_smaller';
  if (isShortForm(input.text)) return 'already_compressed';
  const minified = minifiedOf(document, input.text);
  const canUseTables = !usesTableKeys(minified);
  const isLong = minified.length > LONG;

  const crushed = await crush(document, context, canUseTables);
  if (isLong && context.isLate()) return 'deadline';
  const drafts: Draft[] = [];
  if (crushed !== undefined && isSurelySmaller(crushed.text, minified)) drafts.push(crushed);
  else {
    const tabled = canUseTables ? tabledOrMinified(document, minified, context) : minified;
    if (crushed !== undefined && crushed.text.length < tabled.length * LOSSY_SHARE) drafts.push(crushed);
    drafts.push(losslessDraft(tabled, 'json', topItems(document)));
  }
  return isLong && context.isLate() ? 'deadline' : firstSmaller(drafts, input, context);
};

/** Without spaces to lose, a text is its own minified form. */
function minifiedOf(document: JsonNode, text: string): string {
  return writtenJsonLength(document) === text.length ? text : writeJsonTree(document);
}

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

/** The items that matter, with long texts inside shortened, and a marker where that is wanted. */
async function crush(
  document: JsonNode,
  context: StageContext,
  canUseTables: boolean,
): Promise<Draft | undefined> {
  const { config, counter, query, originalHash, isLate } = context;
  if (config.mode === 'lossless') return undefined;
  // The rows of a table were all kept for a reason.
  const canDropItems = config.smartCrusher.enabled && canUseTables;
  const crushed = canDropItems
    ? crushDocument(document, config.smartCrusher, query, await meaning(document, context), isLate)
    : undefined;
  const shortened = await shortenEmbeddedTexts(crushed?.document ?? document, context);
  const changed = shortened ?? crushed;
  if (changed === undefined) return undefined;
  // Where arrays lost items, those are what the marker counts.
  const { itemsBefore, itemsAfter } = crushed ?? changed;
  const form = canUseTables
    ? shortestForm(changed.document, (text) => counter.countText(text), isLate)
    : changed.document;
  const told = crushed?.leftOut === undefined ? form : withNote(form, LEFT_OUT_KEY, crushed.leftOut);
  const marker = crushed === undefined ? linesMarker : itemsMarker;
  const marked =
    config.mode === 'lossy_inline'
      ? told
      : withNote(told, MARKER_KEY, marker(itemsBefore, itemsAfter, originalHash));
  const name = crushed === undefined ? 'json' : 'smart_crusher';
  return { text: writeJsonTree(marked), name, isLossy: true, itemsBefore, itemsAfter };
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
