import { type JsonNode, stringOfLiteral, writeJsonTree } from '#libs/json-text';
import type { RelevanceTier, SmartCrusherConfig } from '../../../compression-config.js';
import { rankedFrom, relevantItems, type Relevance } from '../../../query-relevance.js';
import type { RelevanceEmbedder } from '../../../relevance-embedder.js';
import { isLong } from './crush-array.js';
import type { ItemRelevance } from './judge-group.js';
import { MAX_DEPTH } from './max-depth.js';

/** Items of a document that are embedded at most; an embedding costs about as much as crushing a hundred items. */
const MAX_EMBEDDED = 128;
const MAX_ARRAYS = 4;
const EMBEDDED_CHARACTERS = 600;
/** In the hybrid, what words and what meaning say counts the same. */
const MEANING_SHARE = 0.5;

/**
 * Matches items with the query by the angle between their embeddings, alone or together with their words. Of long
 * arrays the items that share the most words with the query are embedded, and an even sample of the others.
 * @returns undefined where there is nothing to embed, or the embedder fails: then words alone must do.
 */
export async function relevanceByMeaning(
  document: JsonNode,
  config: SmartCrusherConfig,
  query: string,
  embedder: RelevanceEmbedder,
): Promise<ItemRelevance | undefined> {
  const byWords = (texts: readonly string[]): Relevance =>
    relevantItems(texts, query, config.relevanceThreshold);
  const arrays = longArrays(document, config);
  if (query.trim() === '' || arrays.length === 0) return undefined;
  const most = Math.floor(MAX_EMBEDDED / arrays.length);
  const nodes = arrays.flatMap((items) => candidatesOf(items, byWords, most));
  const similarities = await similaritiesOf(nodes, query, embedder);
  if (similarities === undefined) return undefined;
  return (items, texts) => {
    const words = byWords(texts);
    const scores = new Map<number, number>();
    for (const [index, node] of items.entries()) {
      const similarity = similarities.get(node);
      const score = scoreOf(config.relevanceTier, words.shares.get(index) ?? 0, similarity);
      if (score > 0) scores.set(index, score);
    }
    return { ...words, ranked: rankedFrom(scores, config.relevanceThreshold) };
  };
}

function scoreOf(tier: RelevanceTier, words: number, similarity = 0): number {
  const meaning = Math.max(0, similarity);
  return tier === 'embedding' ? meaning : MEANING_SHARE * meaning + (1 - MEANING_SHARE) * words;
}

/** The arrays that will lose items, from the outside in, as far as can be told beforehand. */
function longArrays(document: JsonNode, config: SmartCrusherConfig): (readonly JsonNode[])[] {
  const found: (readonly JsonNode[])[] = [];
  let level: JsonNode[] = [document];
  for (let depth = 0; depth <= MAX_DEPTH && level.length > 0; depth++) {
    const next: JsonNode[] = [];
    for (const node of level) {
      if (node.kind === 'object') next.push(...node.values);
      if (node.kind !== 'array') continue;
      if (found.length < MAX_ARRAYS && isLong(node.items, config)) found.push(node.items);
      else for (const item of node.items) next.push(item);
    }
    level = next;
  }
  return found;
}

function candidatesOf(
  items: readonly JsonNode[],
  byWords: (texts: readonly string[]) => Relevance,
  most: number,
): JsonNode[] {
  const worded = items.filter(({ kind }) => kind === 'object' || kind === 'array' || kind === 'string');
  if (worded.length <= most) return worded;
  const best = rankedFrom(byWords(worded.map(textOf)).shares, 0).slice(0, Math.floor(most / 2));
  const chosen = new Set(best);
  const step = worded.length / (most - chosen.size);
  for (let at = step / 2; at < worded.length; at += step) chosen.add(Math.floor(at));
  return [...chosen].sort((a, b) => a - b).flatMap((index) => worded[index] ?? []);
}

async function similaritiesOf(
  nodes: readonly JsonNode[],
  query: string,
  embedder: RelevanceEmbedder,
): Promise<Map<JsonNode, number> | undefined> {
  const texts = [query, ...nodes.map(textOf)].map((text) => text.slice(0, EMBEDDED_CHARACTERS));
  try {
    const [asked, ...vectors] = await embedder.embed(texts);
    if (asked === undefined || vectors.length !== nodes.length) return undefined;
    return new Map(
      vectors.flatMap((vector, index) => {
        const node = nodes[index];
        return node === undefined ? [] : [[node, dotProduct(asked, vector)]];
      }),
    );
  } catch {
    return undefined;
  }
}

/** Of unit vectors, the cosine of the angle between them. */
function dotProduct(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return Number.isFinite(sum) ? sum : 0;
}

function textOf(node: JsonNode): string {
  return node.kind === 'string' ? stringOfLiteral(node.text) : writeJsonTree(node);
}
