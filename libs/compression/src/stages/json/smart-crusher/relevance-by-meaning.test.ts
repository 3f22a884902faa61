import { describe, expect, it } from 'vitest';
import { parseJsonTree, writeJsonTree } from '#libs/json-text';
import { DEFAULT_COMPRESSION_CONFIG, type RelevanceTier } from '../../../compression-config.js';
import { RelevanceEmbedder } from '../../../relevance-embedder.js';
import { crushDocument } from './crush-document.js';
import { relevanceByMeaning } from './relevance-by-meaning.js';

/** Knows that a kitty is a cat: texts about the same thing point the same way. */
class ThesaurusEmbedder extends RelevanceEmbedder {
  embedded = 0;

  embed(texts: readonly string[]): Promise<readonly Float32Array[]> {
    this.embedded += texts.length;
    return Promise.resolve(
      texts.map((text) => Float32Array.from(/\b(?:cats?|kitty)\b/.test(text) ? [1, 0] : [0, 1])),
    );
  }
}

class BrokenEmbedder extends RelevanceEmbedder {
  embed(): Promise<readonly Float32Array[]> {
    return Promise.reject(new Error('no model'));
  }
}

const animals = Array.from({ length: 120 }, (_, id) => ({
  id,
  note: `${id === 77 ? 'kitty' : 'stone'} ${String(id * 31)} seen`,
}));

async function keptIds(
  relevanceTier: RelevanceTier,
  query: string,
  embedder: RelevanceEmbedder,
  items: readonly { id: number }[] = animals,
): Promise<number[]> {
  const document = parseJsonTree(JSON.stringify({ items }));
  if (document === undefined) throw new Error('not JSON');
  const config = { ...DEFAULT_COMPRESSION_CONFIG.smartCrusher, relevanceTier };
  const relevance = await relevanceByMeaning(document, config, query, embedder);
  const crushed = crushDocument(document, config, query, relevance);
  const written = JSON.parse(writeJsonTree(crushed?.document ?? document)) as { items: { id: number }[] };
  return written.items.map(({ id }) => id);
}

describe('relevance by meaning', () => {
  it.each(['embedding', 'hybrid'] as const)('keeps what the query means (%s)', async (tier) => {
    expect(await keptIds(tier, 'where is the cat?', new ThesaurusEmbedder())).toContain(77);
    expect(await keptIds(tier, 'where is the cat?', new BrokenEmbedder())).not.toContain(77);
  });

  it('keeps what the query says word for word in the hybrid too', async () => {
    expect(await keptIds('hybrid', 'the one with 3069', new ThesaurusEmbedder())).toContain(99);
  });

  it('embeds a bounded number of items, those that share words with the query among them', async () => {
    const many = Array.from({ length: 5000 }, (_, id) => ({
      id,
      note: `${id === 4321 ? 'my cats' : 'stone'} number ${String(id)}`,
    }));
    const embedder = new ThesaurusEmbedder();
    expect(await keptIds('embedding', 'all cats', embedder, many)).toContain(4321);
    expect(embedder.embedded).toBeLessThan(200);
  });

  it('asks the embedder nothing where nothing was asked or nothing is long', async () => {
    const embedder = new ThesaurusEmbedder();
    await keptIds('embedding', ' ', embedder);
    await keptIds('embedding', 'cats', embedder, animals.slice(0, 10));
    expect(embedder.embedded).toBe(0);
  });
});
